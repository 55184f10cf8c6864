"""E-mail on real servers: a mailbox behind Dovecot, an SMTP server, and the whole stack in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from tests.support.mail_stand import (
    AUTHSERV_ID,
    PASSWORD,
    REPLY_SECRET,
    Dovecot,
    Handed,
    SmtpSink,
    bounce_of,
    dovecot,
    mail,
    smtp_sink,
)
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import CONFIGURATION
from tests.support.whatsapp_stand_in import WhatsAppStandIn

SUPPORT = "support@shop.example"
EMAIL_ACCOUNT = f"""
[[channel_accounts]]
channel = "email"
account = "{SUPPORT}"
brand = "shop"
mailbox = "imap://127.0.0.1:%d/INBOX"
api_base = "%s"
authserv_id = "{AUTHSERV_ID}"
secrets = {{{{ password = "{PASSWORD}", reply_secret = "{REPLY_SECRET}" }}}}
"""


@dataclass
class MailShop:
    shop: Shop
    server: Dovecot
    sink: SmtpSink

    def arrives(self, *mails: bytes) -> None:
        self.server.deliver(SUPPORT, *mails)

    async def sent_to(self, address: str) -> Handed:
        async def look() -> list[Handed]:
            return [each for each in self.sink.handed if each.recipients == [address]]

        return (await eventually(look))[-1]

    async def texts(self, token: str, case_id: str) -> list[str]:
        case = await self.shop.case(token, case_id)
        return [(contact["text"] or "").strip() for contact in case["contacts"]["nodes"]]

    async def reply_status(self, token: str, case_id: str) -> str:
        case = await self.shop.case(token, case_id)
        replies = [each for each in case["contacts"]["nodes"] if each["direction"] == "OUTBOUND"]
        return str(replies[-1]["deliveryStatus"])


@pytest.fixture(scope="module")
async def mails(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MailShop]:
    folder: Path = tmp_path_factory.mktemp("mail-shop")
    stand_in = WhatsAppStandIn()
    with dovecot() as server, smtp_sink() as (sink, url):
        running = Shop(folder, stand_in, configuration=CONFIGURATION + EMAIL_ACCOUNT % (server.port, url))
        await asyncio.to_thread(running.start)
        try:
            yield MailShop(running, server, sink)
        finally:
            await running.http.aclose()
            await asyncio.to_thread(running.stop)
            stand_in.close()


async def answered(mails: MailShop, who: str, text: str, reply: str) -> tuple[str, dict[str, Any], Handed]:
    """A customer wrote, and got a reply: the agent's token, the case and the mail that left."""
    token = await mails.shop.online("anna")
    sender = f"{who.title()} <{who}@customer.example>"
    mails.arrives(mail(text + "\n", sender=sender, message_id=f"<{who}-1@customer.example>"))
    case = await mails.shop.case_with_text(text)
    await mails.shop.done(token, "CaseReply", caseId=case["id"], text=reply)
    return token, case, await mails.sent_to(f"{who}@customer.example")


async def test_s031_a_mail_becomes_a_case_and_its_reply_leaves_and_the_answer_to_it_joins(mails: MailShop) -> None:
    token, case, sent = await answered(mails, "sam", "Where is my parcel?", "It is on its way.")
    await eventually(lambda: mails.shop.case(token, case["id"]), lambda shown: shown["assignee"] is not None)
    message = sent.message
    assert parseaddr(message["From"]) == ("The Shop", SUPPORT)
    assert message["In-Reply-To"] == "<sam-1@customer.example>"
    assert str(message["Subject"]).startswith("Re: My order")
    assert b"It is on its way." in sent.data
    reply_to = parseaddr(message["Reply-To"])[1]
    assert sent.sender == reply_to
    assert reply_to.startswith("support+r")
    await eventually(lambda: mails.reply_status(token, case["id"]), lambda status: status == "ACCEPTED")

    # The customer's program drops every header of the thread; the address alone leads home.
    answer = "Thank you!\n\nOn Sun, 22 Nov 2026 at 10:00, The Shop wrote:\n> It is on its way.\n"
    mails.arrives(mail(answer, to=reply_to, subject="Parcel", message_id="<sam-2@customer.example>"))
    await eventually(lambda: mails.texts(token, case["id"]), lambda texts: any("Thank you!" in each for each in texts))
    assert all(b"\\Seen" not in flags for flags in mails.server.flags(SUPPORT))


async def test_a_bounce_marks_the_reply_as_failed_and_opens_no_case(mails: MailShop) -> None:
    token, case, sent = await answered(mails, "bea", "Can you call me back?", "Gladly.")
    await eventually(lambda: mails.reply_status(token, case["id"]), lambda status: status == "ACCEPTED")
    mails.arrives(bounce_of(sent, status="4.2.2"), bounce_of(sent))
    await eventually(lambda: mails.reply_status(token, case["id"]), lambda status: status == "FAILED")
    lead = await mails.shop.token("lead", "lena")
    answer = await mails.shop.graphql(lead, "{ cases(first: 50) { nodes { subject } } }")
    assert "Undelivered" not in str(answer)


async def test_whatever_came_while_nobody_looked_is_fetched_once(mails: MailShop) -> None:
    token = await mails.shop.online("anna")
    mails.arrives(mail("Before the outage\n", sender="otto@customer.example", message_id="<otto-1@customer.example>"))
    case = await mails.shop.case_with_text("Before the outage")
    await asyncio.to_thread(mails.shop.stop)
    mails.arrives(
        *(
            mail(
                f"During the outage {number}\n",
                sender="otto@customer.example",
                message_id=f"<otto-out-{number}@customer.example>",
                in_reply_to="<otto-1@customer.example>",
            )
            for number in range(3)
        )
    )
    await asyncio.to_thread(mails.shop.start)
    expected = ["Before the outage", *(f"During the outage {number}" for number in range(3))]
    await eventually(lambda: mails.texts(token, case["id"]), lambda texts: sorted(texts) == expected)
    mails.server.count_anew(SUPPORT)
    mails.arrives(mail("Counted anew\n", sender="otto@customer.example", in_reply_to="<otto-1@customer.example>"))
    await asyncio.to_thread(mails.shop.stop)
    await asyncio.to_thread(mails.shop.start)
    await eventually(
        lambda: mails.texts(token, case["id"]), lambda texts: sorted(texts) == sorted([*expected, "Counted anew"])
    )
