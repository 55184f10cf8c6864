"""A running shop: `eender up` as a process of its own, and the means of those who deal with it from outside."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import httpx

from contracts.vocabulary import Role
from services.console.issue_token import environment_of, issue
from services.console.run_file import read_running
from tests.support.documents import operation_text
from tests.support.free_ports import free_ports
from tests.support.shop_configuration import APP_SECRET, CONFIGURATION, VERIFY_TOKEN
from tests.support.whatsapp_stand_in import WhatsAppStandIn

READY_WAIT_S_MAX = 90.0
TOKEN_TTL = timedelta(hours=8)

LATEST_CASES = """query LatestCases {
  cases(orderBy: { field: LAST_CONTACT_AT, direction: DESC }, first: 20) {
    nodes { id contacts(first: 50) { nodes { text } } }
  }
}"""

T = TypeVar("T")


async def eventually(
    ask: Callable[[], Awaitable[T]], enough: Callable[[T], bool] = bool, *, wait_s_max: float = 20.0
) -> T:
    """The first answer that is enough; fails with the last one after the wait."""
    deadline = time.monotonic() + wait_s_max
    while True:
        answer = await ask()
        if enough(answer):
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {wait_s_max} s; the last answer: {answer!r}")
        await asyncio.sleep(0.05)


@dataclass
class Shop:
    """Everything goes through the public surface: the command line, webhooks, GraphQL; only tokens are issued here."""

    folder: Path
    stand_in: WhatsAppStandIn
    environment: dict[str, str] = field(default_factory=dict)
    configuration: str = CONFIGURATION

    def __post_init__(self) -> None:
        self.port = free_ports(3)
        self.data = self.folder / "data"
        self.config = self.folder / "shop.toml"
        self.config.write_text(
            self.configuration.format(app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, api_base=self.stand_in.url)
        )
        self.http = httpx.AsyncClient(timeout=30.0)
        self._numbers = count(1)
        self._tokens: dict[tuple[str, str], str] = {}
        self.process: subprocess.Popen[str] | None = None

    # -- the stack

    def start(self) -> None:
        """Start `eender up` and wait for its word `ready`."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services.console", "up", "--port", str(self.port), "--data", str(self.data),
             "--config", str(self.config)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **self.environment},
        )  # fmt: skip
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        lines: list[str] = []
        deadline = time.monotonic() + READY_WAIT_S_MAX
        while not any(line.strip().startswith("ready") for line in lines):
            if line := self.process.stdout.readline():
                lines.append(line)
                continue
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError("the stack did not get ready:\n" + "".join(lines[-60:]))
            time.sleep(0.05)

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=10)
            raise
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()

    def run(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        return answer

    def eender(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "services.console", *arguments, "--data", str(self.data)],
            capture_output=True, text=True, check=check, timeout=60,
        )  # fmt: skip

    # -- those who work here

    async def token(self, role: str, subject: str) -> str:
        """As `eender token` prints it: issued by the same function, without a process for each."""
        if (role, subject) not in self._tokens:
            told = {**self.environment, **environment_of(read_running(self.data), self.data)}
            issued = await issue(told, role=Role(role.upper()), subject=subject, name=None, ttl=TOKEN_TTL)
            self._tokens[role, subject] = issued["token"]
        return self._tokens[role, subject]

    async def graphql(
        self, token: str, document: str, variables: dict[str, Any] | None = None, **headers: str
    ) -> dict[str, Any]:
        """The whole answer of one operation."""
        response = await self.http.post(
            f"http://127.0.0.1:{self.port}/graphql",
            json={"query": document, "variables": variables or {}},
            headers={"Authorization": f"Bearer {token}", **headers},
        )
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, token: str, operation: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """The data of one operation of the clients' documents, run verbatim; fails on errors."""
        answer = await self.graphql(token, operation_text(operation), variables)
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def do(self, token: str, operation: str, **fields: Any) -> dict[str, Any]:
        """A mutation of the clients' documents: `input` from the fields, a fresh key unless given; its payload."""
        if operation != "PresenceSet":
            fields.setdefault("idempotencyKey", f"key-{next(self._numbers)}-{time.monotonic_ns()}")
        data = await self.ask(token, operation, {"input": fields})
        payload: dict[str, Any] = next(iter(data.values()))
        return payload

    async def done(self, token: str, operation: str, **fields: Any) -> dict[str, Any]:
        """As `do`, and it must have no errors."""
        payload = await self.do(token, operation, **fields)
        assert payload["errors"] == [], payload
        return payload

    async def online(self, ref: str, presence: str = "ONLINE") -> str:
        """The agent's token, after the agent said to be here."""
        token = await self.token("agent", ref)
        payload = await self.done(token, "PresenceSet", presence=presence)
        assert payload["agent"]["presence"] == presence
        return token

    async def inbox(self, token: str) -> list[dict[str, Any]]:
        return list((await self.ask(token, "AgentInbox", {"first": 100}))["inbox"]["nodes"])

    async def case(self, token: str, case_id: str) -> dict[str, Any]:
        return dict((await self.ask(token, "CaseScreen", {"id": case_id}))["case"])

    async def customer(self, token: str, customer_id: str) -> dict[str, Any]:
        return dict((await self.ask(token, "CustomerScreen", {"id": customer_id}))["customer"])

    async def history(self, token: str, case_id: str) -> list[dict[str, Any]]:
        case = (await self.ask(token, "CaseHistory", {"id": case_id}))["case"]
        return list(case["history"]["nodes"])

    async def case_with_text(self, text: str, token: str | None = None) -> dict[str, Any]:
        """The case that holds a contact of this text, as soon as there is one."""
        reader = token or await self.token("lead", "lena")

        async def look() -> str | None:
            answer = await self.graphql(reader, LATEST_CASES)
            for node in answer["data"]["cases"]["nodes"]:
                if any(contact["text"] == text for contact in node["contacts"]["nodes"]):
                    return str(node["id"])
            return None

        found = await eventually(look)
        assert found is not None
        return await self.case(reader, found)

    # -- those who write in

    async def form(
        self, body: dict[str, Any] | bytes, *, key: str | None = None, account: str = "website"
    ) -> httpx.Response:
        return await self.http.post(
            f"http://127.0.0.1:{self.port + 1}/channels/form/{account}",
            content=body if isinstance(body, bytes) else json.dumps(body).encode(),
            headers={
                "content-type": "application/json",
                "Idempotency-Key": key or f"form-{next(self._numbers)}-{time.monotonic_ns()}",
            },
        )

    async def webhook(
        self, payload: dict[str, Any] | bytes, *, account: str = "waba-1", signature: str | None = None
    ) -> httpx.Response:
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        made = "sha256=" + hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).hexdigest()
        return await self.http.post(
            f"http://127.0.0.1:{self.port + 1}/channels/whatsapp/{account}",
            content=raw,
            headers={"content-type": "application/json", "X-Hub-Signature-256": signature or made},
        )

    def whatsapp_payload(
        self, number: str, text: str, *, name: str = "Sam", message_id: str | None = None, at: int | None = None
    ) -> dict[str, Any]:
        """A text message as Meta sends it; `number` is digits only, `at` is in Unix seconds."""
        message = {
            "from": number,
            "id": message_id or f"wamid.IN{next(self._numbers)}-{time.monotonic_ns()}",
            "timestamp": str(at or int(time.time())),
            "type": "text",
            "text": {"body": text},
        }
        return whatsapp_envelope(
            {
                "contacts": [{"profile": {"name": name}, "wa_id": number}],
                "messages": [message],
            }
        )

    async def whatsapp(self, number: str, text: str, **more: Any) -> None:
        response = await self.webhook(self.whatsapp_payload(number, text, **more))
        assert response.status_code == 200, response.text

    async def whatsapp_file(self, number: str, media_id: str, data: bytes, **more: Any) -> None:
        """A customer sends a document by WhatsApp; the platform has it under this id."""
        self.stand_in.files[media_id] = data
        payload = self.whatsapp_payload(number, "", message_id=f"wamid.{media_id}")
        (message,) = payload["entry"][0]["changes"][0]["value"]["messages"]
        del message["text"]
        message |= {"type": "document", "document": {"id": media_id, "mime_type": "image/png", **more}}
        response = await self.webhook(payload)
        assert response.is_success, response.text

    async def whatsapp_status(self, message_id: str, status: str, **more: Any) -> httpx.Response:
        entry = {"id": message_id, "status": status, "timestamp": str(int(time.time())), "recipient_id": "0", **more}
        return await self.webhook(whatsapp_envelope({"statuses": [entry]}))


def whatsapp_envelope(value: dict[str, Any]) -> dict[str, Any]:
    """Meta's wrapping of what changed."""
    metadata = {"display_phone_number": "31201234567", "phone_number_id": "106540352242922"}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}


@asynccontextmanager
async def running_shop(folder: Path, **settings: Any) -> AsyncIterator[Shop]:
    """A shop of one's own with a stand-in for WhatsApp. `settings`: as `Shop` has them."""
    stand_in = WhatsAppStandIn()
    shop = Shop(folder, stand_in, **settings)
    shop.start()
    try:
        yield shop
    finally:
        await shop.http.aclose()
        shop.stop()
        stand_in.close()
