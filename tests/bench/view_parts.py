"""Where a view's processor time goes: each part by itself, in this thread's own time, so that others do not count."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import msgspec

from infra.postgres import Pool
from services.case.domain.access import AccessAction, AccessEntry
from services.case.graphql.api import Api
from services.case.graphql.compiled.executor import ambient
from services.case.graphql.compiled.policies import Mask
from services.case.graphql.endpoint import Endpoint
from services.case.graphql.requests import Asked, Incoming, read_request
from services.case.graphql.responses import respond
from services.case.queries.access_log import append_access
from tests.bench.view_matter import CASES_EACH, CUSTOMERS, case_of, customer_of, variables_of
from tests.support.documents import operation_text

VIEWS = 400
GROUP = 200
"""Views whose entries are committed together."""
OPERATION = "CustomerScreen"


async def measured(api: Api, pool: Pool, token: str) -> dict[str, float]:
    """Milliseconds of processor time per view, by part. No socket is in it."""
    return await _Parts(api, pool, token).measured()


class _Parts:
    def __init__(self, api: Api, pool: Pool, token: str) -> None:
        self._api = api
        self._pool = pool
        self._authorization = f"Bearer {token}"
        self._text = operation_text(OPERATION)
        self._turns = count()
        self._endpoint = Endpoint(api)

    async def measured(self) -> dict[str, float]:
        found: dict[str, float] = {}
        for name, part in {
            "whole, without a socket": self._whole,
            "reading the request": self._read,
            "who asks": self._known,
            "what it costs": self._admitted,
            "finding the plan and its values": self._planned,
            "the statement's round trip": self._fetched,
            "the answer's headers and body": self._told,
        }.items():
            found[name] = await _cpu_ms(part)
        found["writing who was seen"] = await self._written()
        return found

    def _asked(self) -> Asked:
        number = next(self._turns) * 7919 % CUSTOMERS
        return Asked(self._text, variables_of(OPERATION, number), OPERATION)

    def _scope(self) -> tuple[dict[str, Any], Callable[[], Awaitable[Any]]]:
        asked = self._asked()
        wanted = {"query": asked.query, "variables": asked.variables, "operationName": OPERATION}
        body = msgspec.json.encode(wanted)
        named = {
            "host": "bench",
            "content-type": "application/json",
            "authorization": self._authorization,
            "content-length": str(len(body)),
        }
        headers = [(name.encode(), value.encode()) for name, value in named.items()]
        scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        return scope, receive

    async def _whole(self) -> None:
        scope, receive = self._scope()
        receiving: Any = receive
        told: Any = scope
        await self._endpoint(told, receiving, _forgotten)

    async def _read(self) -> None:
        scope, receive = self._scope()
        receiving: Any = receive
        told: Any = scope
        await read_request(Incoming(told), receiving)

    async def _known(self) -> None:
        await self._api.authenticate(self._authorization, None)

    async def _admitted(self) -> None:
        principal = await self._api.authenticate(self._authorization, None)
        self._api.gate.admit(self._asked(), principal)

    async def _plan(self) -> tuple[Any, Any, list[Any]]:
        compiled = self._api.compiled
        if compiled is None:
            raise RuntimeError("nothing is compiled")
        principal = await self._api.authenticate(self._authorization, None)
        context = self._api.context(principal)
        asked = self._asked()
        document = compiled.documents.of(asked.query, asked.operation_name)
        plan, values = document.planned(asked.variables, Mask(principal.role, principal.opens_sealed))
        return context, plan, [await ambient(context, value) for value in values]

    async def _planned(self) -> None:
        await self._plan()

    async def _fetched(self) -> None:
        _, plan, values = await self._plan()
        screens = self._api.deps.screens
        if screens is not None:
            await screens.fetch(plan.sql, values)

    async def _told(self) -> None:
        await respond(_forgotten, 200, b"{}", {"content-type": "application/json; charset=utf-8"})

    async def _written(self) -> float:
        """Entries as views of different customers leave them, committed together."""
        context, _, _ = await self._plan()
        entries = [
            AccessEntry(
                entry_id=self._api.deps.ids.new(),
                occurred_at=self._api.deps.clock.now(),
                actor=context.principal.actor,
                action=AccessAction.READ,
                customer_id=customer_of(number),
                case_ids=(None, *(case_of(number, each) for each in range(CASES_EACH))),
                operation=OPERATION,
            )
            for number in range(GROUP)
        ]
        before = time.thread_time()
        await append_access(self._pool, self._api.deps.clock, entries)
        return (time.thread_time() - before) / GROUP * 1000


async def _forgotten(message: Any) -> None:
    del message


async def _cpu_ms(part: Callable[[], Awaitable[None]]) -> float:
    for _ in range(VIEWS // 4):
        await part()
    before = time.thread_time()
    for _ in range(VIEWS):
        await part()
    return (time.thread_time() - before) / VIEWS * 1000
