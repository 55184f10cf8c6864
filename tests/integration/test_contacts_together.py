"""Contacts that come together, on a real Postgres: on record is what would be if they had come one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from contracts.content import ContactContent, HandleContent
from contracts.envelope import Message
from contracts.stored import CommandContext
from contracts.subjects import CONTACT_RECEIVED
from contracts.vocabulary import Channel, ContactKind, Direction, HandleAssurance, HandleKind, Visibility, id_of
from infra.effect import Effects
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.domain.policy import CasePolicy
from tests.integration.graphql_stand import Desk, own_desk

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TABLES = {
    "facts": "SELECT stream_id, version, topic, clear FROM es.events ORDER BY stream_id, version",
    "shown": "SELECT entry_id, case_id, customer_id, text FROM timeline ORDER BY entry_id",
    "cases": "SELECT case_id, customer_id, status, subject, channels FROM cases ORDER BY case_id",
    "heard": "SELECT mention_id, text, outcome FROM mentions ORDER BY mention_id",
    "held": "SELECT customer_id, kind, value, assurance FROM handles ORDER BY 1, 2, 3",
}
SAID = (
    "Bedankt, wat een fijne winkel!",
    "Mijn pakket is nog steeds niet aangekomen, wanneer komt het?",
    "Alweer beschadigd geleverd. Ik wil mijn geld terug.",
)


def _contacts(count: int) -> list[AttachContact]:
    """Of a few senders each, in public and in private, some with two handles; some come twice."""
    contacts: list[AttachContact] = []
    for number in range(count):
        chance = sha256(f"contact {number}".encode()).digest()
        if contacts and chance[0] < 25:
            contacts.append(contacts[chance[1] % len(contacts)])
            continue
        public, sender = chance[1] < 128, chance[2] % (count // 4)
        handles = [HandleContent(HandleKind.X if public else HandleKind.WHATSAPP, f"3160000{sender:04}")]
        if not public and chance[3] < 75:
            handles.append(HandleContent(HandleKind.EMAIL, f"sender{sender}@example.org"))
        contacts.append(
            AttachContact(
                contact_id=id_of("contact", str(number)),
                channel=Channel.X if public else Channel.WHATSAPP,
                account="ours",
                kind=ContactKind.MENTION if public else ContactKind.MESSAGE,
                direction=Direction.INBOUND,
                visibility=Visibility.PUBLIC if public else Visibility.PRIVATE,
                assurance=HandleAssurance.PLATFORM,
                occurred_at=AT + timedelta(seconds=number),
                received_at=AT + timedelta(seconds=number),
                new_case_id=id_of("case", str(number)),
                new_customer_id=id_of("customer", str(number)),
                content=ContactContent(tuple(handles), f"Sam {sender}", None, SAID[chance[4] % len(SAID)]),
            )
        )
    return contacts


class _Noon:
    """A clock that stands, so that facts can be compared with their times."""

    def now(self) -> datetime:
        return AT + timedelta(hours=3)


def _effects(desk: Desk, contacts: Sequence[AttachContact]) -> Effects:
    async def attach(message: Message, context: CommandContext) -> None:
        command = contacts[message.position - 1]
        await attach_contact(command, context, record=desk.record, directory=desk.directory, policy=CasePolicy())

    return Effects(desk.pool, "channels", {CONTACT_RECEIVED: attach}, _Noon())


def _messages(count: int) -> list[Message]:
    return [
        Message("channels", position, AT, subject=CONTACT_RECEIVED, event_id=id_of("event", str(position)))
        for position in range(1, count + 1)
    ]


async def _on_record(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Facts and what is shown of them, but for the numbers of cases, which go by who asks first."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for name, sql in TABLES.items():
        found[name] = [tuple(row) for row in await desk.pool.fetch(sql)]
    clear = [msgspec.json.decode(row[3]) for row in found["facts"]]
    found["said"] = [({key: value for key, value in said.items() if key != "number"},) for said in clear]
    found["facts"] = [row[:3] for row in found["facts"]]
    return found


async def test_contacts_that_come_together_are_placed_as_if_they_came_one_by_one(
    postgres_server: EmbeddedPostgres,
) -> None:
    contacts = _contacts(80)
    messages = _messages(len(contacts))
    async with own_desk(postgres_server) as desk:
        for message in messages:
            await _effects(desk, contacts).take(message)
        one_by_one = await _on_record(desk)
    async with own_desk(postgres_server) as desk:
        await _effects(desk, contacts).take_together(messages)
        together = await _on_record(desk)
        # What is taken once more, after a restart that forgot how far it was, changes nothing.
        await _effects(desk, contacts).take_together(messages[40:])
        assert await _on_record(desk) == together
    assert together == one_by_one
    assert one_by_one["heard"]
    assert len(one_by_one["cases"]) < len(one_by_one["shown"])
