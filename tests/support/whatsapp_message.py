"""A message by WhatsApp as the case service hears of it."""

from __future__ import annotations

from contracts.content import AttachmentContent, ContactContent, HandleContent
from contracts.vocabulary import Channel, ContactKind, Direction, HandleAssurance, HandleKind, Visibility, id_of
from infra.clock import SystemClock, SystemIds
from services.case.commands.attach_contact import AttachContact


def sent_by_whatsapp(number: str, text: str, files: tuple[AttachmentContent, ...] = ()) -> AttachContact:
    """Somebody called Sam Bakker just sent it from that number."""
    now, ids = SystemClock().now(), SystemIds()
    external_id = f"wamid.{ids.new()}"
    return AttachContact(
        contact_id=id_of("contact", Channel.WHATSAPP, "waba-1", external_id),
        channel=Channel.WHATSAPP,
        account="waba-1",
        kind=ContactKind.MESSAGE,
        direction=Direction.INBOUND,
        visibility=Visibility.PRIVATE,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=now,
        received_at=now,
        new_case_id=ids.new(),
        new_customer_id=ids.new(),
        brand="shop",
        content=ContactContent(
            handles=(HandleContent(kind=HandleKind.WHATSAPP, value=number),),
            sender_name="Sam Bakker",
            text=text,
            attachments=files,
        ),
    )
