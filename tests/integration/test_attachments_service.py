"""The front door with its object store in JetStream: a picture comes in, is handed out by a link, and is forgotten."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import uvicorn

from contracts.attachments import attachment_id_of
from contracts.configuration import parse_configuration
from contracts.stored import CommandContext
from contracts.vocabulary import Channel, id_of, system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.nats import EmbeddedNats
from infra.postgres import open_pool
from infra.sealing import migrate_keys
from infra.settings import ServiceSettings
from infra.signed_links import LinkSigner
from services.channels.app import ChannelsApp, channels_runtime
from services.channels.commands.begin_forgetting import BeginForgetting, begin_forgetting
from services.channels.commands.begin_withholding import BeginWithholding, begin_withholding
from services.channels.domain.attachment import Attachment
from services.channels.domain.raw import contact_id_of
from services.channels.settings import settings_of
from tests.support.media_stand_in import PNG, MediaStandIn
from tests.support.one_service import until
from tests.unit.channels.door_under_test import SECRET
from tests.unit.channels.doors_under_test import WHATSAPP_DOOR
from tests.unit.channels.whatsapp_payloads import whatsapp_payload

WHATSAPP = WHATSAPP_DOOR
KEK = b"k" * 32
TOKEN = "token-of-a-test"
CANARY = b"the canary sings in the mine"
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
CONFIGURATION = """
[[channel_accounts]]
channel = "whatsapp"
account = "account-1"
secrets = {{ app_secret = "{secret}", verify_token = "please", access_token = "{token}" }}
api_base = "{api_base}"
"""


@dataclass
class FrontDoor:
    app: ChannelsApp
    platform: MediaStandIn
    http: httpx.AsyncClient
    folder: Path

    async def picture(self, name: str, data: bytes, file_name: str | None = None) -> UUID:
        """Sam sends a file; gives its id once it is no longer fetched."""
        self.platform.files[name] = data
        file = {"id": name, "mime_type": "image/png", **({"filename": file_name} if file_name else {})}
        message = {"id": f"wamid.{name}", "timestamp": str(int(time.time())), "type": "document", "document": file}
        body = json.dumps(whatsapp_payload({**message, "from": "31612345678"})).encode()
        assert (await self.http.post(WHATSAPP.path, content=body, headers=WHATSAPP.signed(body))).status_code == 200
        attachment_id = attachment_id_of(contact_of(name), 0)
        await self.until("SELECT state <> 'PENDING' FROM attachments WHERE attachment_id = $1", attachment_id)
        return attachment_id

    async def until(self, sql: str, *args: object) -> None:
        async def holds() -> bool:
            return bool(await self.app.runtime.pool.fetchval(sql, *args))

        await until(holds)

    async def get(self, attachment_id: UUID, *, seconds: int = 60, signer: LinkSigner | None = None) -> httpx.Response:
        expires_at = SystemClock().now() + timedelta(seconds=seconds)
        query = (signer or LinkSigner(KEK)).query(attachment_id, expires_at)
        return await self.http.get(f"/attachments/{attachment_id}?{query}")

    async def object_of(self, attachment_id: UUID) -> UUID:
        attachment = await self.app.runtime.record.load(Attachment, attachment_id)
        assert attachment is not None
        assert attachment.object_id is not None
        return attachment.object_id

    def context(self) -> CommandContext:
        command_id = SystemIds().new()
        return CommandContext(command_id, system_actor("case"), SystemClock().now(), command_id)

    def files_with(self, word: bytes) -> list[str]:
        return [str(path) for path in self.folder.rglob("*") if path.is_file() and word in path.read_bytes()]


def contact_of(name: str) -> UUID:
    return contact_id_of(Channel.WHATSAPP, "account-1", f"wamid.{name}")


@pytest.fixture
async def door(database: str, keys_database: str, tmp_path: Path) -> AsyncIterator[FrontDoor]:
    keys_pool = await open_pool(keys_database, application_name="keys-test")
    await migrate_keys(keys_pool)
    await keys_pool.close()
    nats = EmbeddedNats(tmp_path / "nats")
    await nats.start()
    (tmp_path / "kek").write_bytes(KEK)
    settings = ServiceSettings(
        database_url=database, keys_url=keys_database, kek_spec=f"file:{tmp_path / 'kek'}", nats_url=nats.url
    )
    with MediaStandIn(token=TOKEN) as platform:
        text = CONFIGURATION.format(secret=SECRET, token=TOKEN, api_base=platform.url)
        no_file: Callable[[str], str] = lambda _path: ""  # noqa: E731  (nothing is read)
        app = ChannelsApp(channels_runtime(settings), settings_of(parse_configuration(text, {}, no_file)))
        server = uvicorn.Server(uvicorn.Config(app.asgi(), port=0, log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve())
        while not server.started:
            assert not serving.done()
            await asyncio.sleep(0.02)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, timeout=30) as http:
            yield FrontDoor(app, platform, http, tmp_path / "nats")
        server.should_exit = True
        await serving
    await nats.stop()


async def test_a_picture_is_handed_out_to_whoever_has_a_good_link_and_to_nobody_else(door: FrontDoor) -> None:
    attachment_id = await door.picture("m1", PNG + CANARY, "../vacation \u202e“photo”\x00.png")
    answer = await door.get(attachment_id)
    assert (answer.status_code, answer.content) == (200, PNG + CANARY)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"].startswith('attachment; filename="vacation _')
    assert "\u202e" not in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["cache-control"] == "private, no-store"
    assert (await door.get(attachment_id, seconds=-5)).status_code == 410
    assert (await door.get(attachment_id, signer=LinkSigner(b"o" * 32))).status_code == 403
    assert (await door.http.get(f"/attachments/{attachment_id}")).status_code == 403
    assert (await door.get(id_of("attachment", "no such"))).status_code == 404
    assert door.files_with(CANARY) == []
    assert {said for path, said in door.platform.asked} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize("data", [SVG, b"<!doctype html><script>alert(1)</script>", b"<?xml version='1.0'?><a/>"])
async def test_what_could_run_in_a_page_is_mere_bytes(door: FrontDoor, data: bytes) -> None:
    answer = await door.get(await door.picture("m1", data))
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


async def test_a_program_is_not_kept_whatever_it_is_called(door: FrontDoor) -> None:
    attachment_id = await door.picture("m1", b"MZ\x90\x00" + bytes(100), "invoice.png")
    assert (await door.get(attachment_id)).status_code == 404


async def test_a_large_file_comes_back_as_it_was(door: FrontDoor) -> None:
    data = PNG + bytes(range(256)) * 20_000
    assert (await door.get(await door.picture("m1", data))).content == data


async def test_of_an_erased_customer_no_file_is_left(door: FrontDoor) -> None:
    theirs, others = await door.picture("m1", PNG + CANARY), await door.picture("m2", PNG + b"of somebody else")
    objects, object_id = door.app.attaching.objects, await door.object_of(theirs)
    sealed = await objects.get(object_id)
    assert sealed is not None
    command = BeginForgetting(id_of("request", "1"), 0, (contact_of("m1"),))
    await begin_forgetting(command, door.context(), record=door.app.runtime.record)
    await door.until("SELECT bool_and(state = 'DONE') FROM forgettings")
    assert await objects.get(object_id) is None
    assert (await door.get(theirs)).status_code == 404
    assert (await door.get(others)).content == PNG + b"of somebody else"
    key_id = UUID(bytes=sealed[1:17])
    assert await door.app.runtime.keys.keys_by_id((key_id,)) == {}
    assert await door.app.runtime.pool.fetchval("SELECT count(*) FROM attachments") == 1


@pytest.mark.parametrize("expired", [False, True])
async def test_of_a_redacted_or_expired_contact_no_file_is_left(door: FrontDoor, *, expired: bool) -> None:
    attachment_id = await door.picture("m1", PNG + CANARY)
    objects, object_id = door.app.attaching.objects, await door.object_of(attachment_id)
    sealed = await objects.get(object_id)
    assert sealed is not None
    command = BeginWithholding(id_of("redaction", "1"), (contact_of("m1"),), expired=expired)
    await begin_withholding(command, door.context(), record=door.app.runtime.record)
    await door.until("SELECT bool_and(done) FROM withholdings")
    assert await objects.get(object_id) is None
    assert await door.app.runtime.keys.keys_by_id((UUID(bytes=sealed[1:17]),)) == {}
    assert (await door.get(attachment_id)).status_code == 404
