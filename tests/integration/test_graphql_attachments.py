"""Files that came with a contact, as a desk sees them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from contracts.attachments import attachment_id_of
from contracts.content import AttachmentContent
from contracts.vocabulary import AttachmentState, system_actor
from infra.clock import SystemClock
from infra.embedded.postgres import EmbeddedPostgres
from infra.signed_links import LinkSigner, LinkState
from services.case.commands.note_attachment import NoteAttachment, note_attachment
from services.case.domain.case_contact import AttachmentNews
from services.case.graphql.ids import IdType, uuid_of
from tests.integration.graphql_stand import LINK_KEK, Desk, own_desk
from tests.support.one_service import until

FILES = (
    AttachmentContent("media.1", "Image/PNG; charset=x", "../../../home/sam/photo\u202egnp.exe\x00.png", size_bytes=7),
    AttachmentContent("media.2", "not a type"),
)
ASKED = """query($id: ID!) { case(by: {id: $id}) { contacts(first: 5) { nodes { id attachments {
  id name mediaType sizeBytes state url } } } } }"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def files_of(desk: Desk, case: dict[str, Any], token: str = "AGENT:anna", **headers: str) -> tuple[UUID, Any]:
    """The first contact of a case, and its files."""
    answer = await desk.graphql(ASKED, {"id": case["id"]}, token, **headers)
    assert "errors" not in answer, answer
    contact = answer["data"]["case"]["contacts"]["nodes"][0]
    return uuid_of(IdType.CONTACT, contact["id"]), contact["attachments"]


async def told(desk: Desk, contact_id: UUID, number: int, state: AttachmentState, **more: Any) -> None:
    news = AttachmentNews(attachment_id_of(contact_id, number), contact_id, number, state, **more)
    context = desk.context(system_actor("channels"))
    await note_attachment(NoteAttachment(news), context, record=desk.record, directory=desk.directory)


async def test_a_contact_shows_its_files_before_anybody_has_fetched_them(desk: Desk) -> None:
    _, (first, second) = await files_of(desk, await desk.opened(files=FILES))
    assert (first["name"], first["mediaType"], first["sizeBytes"]) == ("photo_gnp.exe_.png", "image/png", 7)
    assert (second["name"], second["mediaType"], second["sizeBytes"]) == (None, "application/octet-stream", 0)
    assert {first["state"], second["state"]} == {"PENDING"}
    assert (first["url"], second["url"]) == (None, None)


async def test_one_that_is_ready_has_a_link_for_a_few_minutes(desk: Desk) -> None:
    case = await desk.opened(files=FILES)
    contact_id, _ = await files_of(desk, case)
    await told(desk, contact_id, 0, AttachmentState.READY, media_type="image/jpeg", size_bytes=12)
    _, (ready, pending) = await files_of(desk, case)
    assert (ready["state"], ready["mediaType"], ready["sizeBytes"], pending["url"]) == ("READY", "image/jpeg", 12, None)
    parts = urlsplit(ready["url"])
    attachment_id = UUID(parts.path.rpartition("/")[2])
    assert parts.netloc == "files.shop.example"
    assert attachment_id == attachment_id_of(contact_id, 0)
    assert "photo" not in ready["url"]
    query = parse_qs(parts.query)
    signer, now = LinkSigner(LINK_KEK), SystemClock().now()
    link = (attachment_id, query["expires"][0], query["signature"][0])
    assert signer.state(*link, now=now) is LinkState.GOOD
    assert signer.state(*link, now=now + timedelta(minutes=6)) is LinkState.EXPIRED


@pytest.mark.parametrize("state", [AttachmentState.QUARANTINED, AttachmentState.REFUSED])
async def test_one_that_is_not_ready_has_no_link(desk: Desk, state: AttachmentState) -> None:
    case = await desk.opened(files=FILES)
    contact_id, _ = await files_of(desk, case)
    await told(desk, contact_id, 0, state, media_type="image/jpeg", size_bytes=12, reason="x")
    _, (file, _) = await files_of(desk, case)
    assert (file["state"], file["url"]) == (state.value, None)


async def test_an_auditor_without_a_purpose_sees_that_there_is_a_file_and_no_more(desk: Desk) -> None:
    case = await desk.opened(files=FILES)
    contact_id, _ = await files_of(desk, case)
    await told(desk, contact_id, 0, AttachmentState.READY, media_type="image/jpeg", size_bytes=12)
    _, (file, _) = await files_of(desk, case, "AUDITOR:olga")
    assert (file["name"], file["url"], file["state"]) == (None, None, "READY")
    _, (file, _) = await files_of(desk, case, "AUDITOR:olga", **{"Eender-Purpose": "audit"})
    assert file["name"] == "photo_gnp.exe_.png"
    assert file["url"] is not None


async def test_asking_for_one_file_by_its_id_is_on_record_with_its_case(desk: Desk) -> None:
    case = await desk.opened(files=FILES)
    _, (file, _) = await files_of(desk, case)
    answer = await desk.graphql(
        "query OneFile($id: ID!) { node(id: $id) { id ... on Attachment { name } } }", {"id": file["id"]}
    )
    assert answer["data"]["node"] == {"id": file["id"], "name": "photo_gnp.exe_.png"}
    sql = "SELECT count(*) > 0 FROM access.seen WHERE operation = 'OneFile' AND case_id = $1"
    await until(lambda: desk.pool.fetchval(sql, uuid_of(IdType.CASE, case["id"])))


async def test_the_files_of_many_contacts_are_read_in_one_statement(desk: Desk) -> None:
    case = await desk.opened(files=FILES)
    for _ in range(3):
        await desk.whatsapp(f"+316{desk.customers:08}", "And this one.", FILES)
    desk.statements.clear()
    answer = await desk.graphql(ASKED, {"id": case["id"]})
    assert [len(each["attachments"]) for each in answer["data"]["case"]["contacts"]["nodes"]] == [2] * 4
    assert desk.statements["attachments_of_contacts"] == 1
