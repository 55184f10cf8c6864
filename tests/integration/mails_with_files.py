"""Mails with files, as a mailbox's reader keeps them."""

from __future__ import annotations

from email.message import EmailMessage
from uuid import UUID

from contracts.vocabulary import Channel
from services.channels.domain.raw import RawInbound, contact_id_of
from tests.integration.channels_stand import ChannelsStand

EMAIL_ACCOUNT = "account-1"


async def mailed(stand: ChannelsStand, mail: bytes, external_id: str = "<1@x>") -> UUID:
    """A mail comes in, as a mailbox's reader keeps it; gives its contact's id."""
    raw = RawInbound(
        raw_id=stand.parts.ids.new(),
        channel=Channel.EMAIL,
        account=EMAIL_ACCOUNT,
        body=mail,
        received_at=stand.clock.now(),
        dedupe_key=external_id,
    )
    await stand.keeper.keep(raw)
    await stand.read_all()
    return contact_id_of(Channel.EMAIL, EMAIL_ACCOUNT, external_id)


def mail_with(*files: tuple[bytes, str, str]) -> bytes:
    """A mail with files: bytes, declared type, name."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "sam@c.example", "care@shop.example", "x", "<1@x>"
    mail.set_content("See the file.")
    for data, media_type, name in files:
        main, _, sub = media_type.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


async def states(stand: ChannelsStand) -> list[str]:
    rows = await stand.pool.fetch("SELECT state FROM attachments ORDER BY number, attachment_id")
    return [row["state"] for row in rows]
