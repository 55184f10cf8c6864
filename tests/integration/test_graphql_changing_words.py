"""What lists show of a case follows the words of its contacts, on a real Postgres: new ones, and none any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from contracts.content import EditContent
from contracts.vocabulary import system_actor
from infra.clock import SystemClock
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.graphql.ids import IdType, encode, uuid_of
from services.case.workers.rebuilding import case_rebuild
from tests.integration.graphql_stand import Desk, own_desk
from tests.integration.test_graphql_contact_moves import case
from tests.integration.test_graphql_customers import customer


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def of_three(desk: Desk, first: str) -> tuple[str, list[str]]:
    """A case with three contacts: its id, theirs."""
    opened = await desk.opened(first)
    number = (await customer(desk, opened["customer"]["id"]))["handles"][0]["value"]
    long = "The parcel that you said would be here on Monday  is\nnot here, and nobody answers the telephone at all"
    await desk.whatsapp(number, long)
    await desk.whatsapp(number, "It is blue")
    return opened["id"], [node["id"] for node in (await case(desk, opened["id"]))["contacts"]["nodes"]]


async def taken_back(desk: Desk, contact_id: str) -> None:
    command = RemoveContact(uuid_of(IdType.CONTACT, contact_id), SystemClock().now())
    await remove_contact(command, desk.context(system_actor("channels")), record=desk.record, directory=desk.directory)


async def edited(desk: Desk, contact_id: str, text: str) -> None:
    command = EditContact(uuid_of(IdType.CONTACT, contact_id), SystemClock().now(), EditContent(text))
    await edit_contact(command, desk.context(system_actor("channels")), record=desk.record, directory=desk.directory)


async def called(desk: Desk, case_id: str) -> tuple[Any, Any]:
    found = await case(desk, case_id)
    return found["subject"], found["preview"]


async def test_no_list_shows_what_its_sender_took_back(desk: Desk) -> None:
    case_id, (first, second, third) = await of_three(desk, "My card is 4111 1111 1111 1111")
    await taken_back(desk, first)
    subject = "The parcel that you said would be here on Monday is not here, and nobody…"
    assert await called(desk, case_id) == (subject, "It is blue")
    await taken_back(desk, third)
    whole = "The parcel that you said would be here on Monday is not here, and nobody answers the telephone at all"
    assert await called(desk, case_id) == (subject, whole)
    await taken_back(desk, second)
    assert await called(desk, case_id) == (None, None)


async def test_lists_show_the_words_of_now(desk: Desk) -> None:
    case_id, (first, second, third) = await of_three(desk, "My card is 4222 2222 2222 2")
    await edited(desk, first, "My card is not taken")
    await edited(desk, second, "The parcel is here")
    await edited(desk, third, "It is  green")
    assert await called(desk, case_id) == ("My card is not taken", "It is green")


async def test_a_recording_is_listed_by_its_words_when_they_come(desk: Desk) -> None:
    attached = await desk.whatsapp("+31687654321", "")
    case_id = encode(IdType.CASE, UUID(attached.outcome["case_id"]))
    assert await called(desk, case_id) == (None, None)
    (recording,) = (await case(desk, case_id))["contacts"]["nodes"]
    await edited(desk, recording["id"], "It is about my invoice")
    assert await called(desk, case_id) == ("It is about my invoice", "It is about my invoice")
    assert (await case_rebuild(desk.pool, desk.keys).run(swap=False)).differences == ()
