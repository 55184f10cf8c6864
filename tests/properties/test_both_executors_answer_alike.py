"""Whatever is asked by whomever: a plan and Strawberry give the same bytes and leave the same entries on record."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from contracts.vocabulary import Channel, DetailKind, Priority, Role, TriageClass, Visibility, id_of
from infra.checkpointer import Checkpointer
from infra.clock import SystemIds
from infra.postgres import Pool
from infra.sql import statements
from services.case.domain.access import AccessEntry
from services.case.domain.playbooks import Playbook, Playbooks
from services.case.domain.policy import CasePolicy
from services.case.graphql.access import Principal
from services.case.graphql.api import Api
from services.case.graphql.context import GraphQLDeps, RequestContext
from services.case.graphql.hub import Hub
from services.case.graphql.ids import IdType, encode
from services.case.graphql.requests import Asked
from services.case.graphql.responses import shaped
from services.case.graphql.screens import open_screens
from services.case.queries.directory import PostgresDirectory
from tests.support.believed_tokens import Tokens
from tests.support.case_history import KINDS, CaseHistory, case_history
from tests.support.kept_streams import assert_kept_as_loaded
from tests.support.random_documents import Known, Written, document, mutation

IDS = SystemIds()
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
STEPS = 160
EXAMPLES = 150
READERS = 5
"""The first so many of those who ask may read: the others are answered by Strawberry, with a refusal."""
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
ASKING = (
    Principal("anna", Role.AGENT, "Anna", NOW + timedelta(hours=1)),
    Principal("bob", Role.AGENT, None, NOW + timedelta(hours=1)),
    Principal("lea", Role.LEAD, 'Lea "the lead"', NOW + timedelta(hours=1)),
    Principal("olga", Role.AUDITOR, None, NOW + timedelta(hours=1)),
    Principal("olga", Role.AUDITOR, "Olga", NOW + timedelta(hours=1), purpose="audit", ticket="T-1"),
    Principal("pam", Role.PRIVACY, "Pam", NOW + timedelta(hours=1)),
    Principal("ad", Role.ADMIN, "Ad", NOW + timedelta(hours=1)),
    Principal("shop", Role.INTEGRATION, None, NOW + timedelta(hours=1)),
    Principal("till", Role.INTEGRATION, "Till", NOW + timedelta(hours=1), scopes=("READ", "READ_ROSTERS", "profile")),
)
BOOKS = Playbooks.listing(
    [
        Playbook("Complaints", answer='Say "sorry"\\\n é', tone="Kind", found=(TriageClass.COMPLAINT,)),
        Playbook("Public", action="Call", visibility=Visibility.PUBLIC, needs=(DetailKind.ORDER, DetailKind.EMAIL)),
        Playbook("Soon", tone="Short", priorities=(Priority.HIGH, Priority.URGENT)),
        Playbook("By mail", answer="Long", channels=(Channel.EMAIL, Channel.FORM), incident=False),
        Playbook("Tagged", answer="As tagged", tags=("t1", "t5"), template="sorry"),
        Playbook("Many have it", answer="As approved", incident=True),
        Playbook("Any", tone="As ever"),
    ]
)
ODD = 'He said "no"\\\n\tand \x01\x1f\x7f </b> \u2028 \U0001f600 é'


class StandingClock:
    def now(self) -> datetime:
        return NOW


class Noted:
    """An access log that only remembers."""

    def __init__(self) -> None:
        self.entries: list[AccessEntry] = []

    def note(self, entries: Sequence[AccessEntry]) -> None:
        self.entries.extend(entries)

    async def room(self) -> None:
        return


@dataclass
class Both:
    """One API with both executors over the same rows."""

    api: Api
    noted: Noted
    known: Known
    planned: Counter[str] = field(default_factory=Counter)

    async def by_plan(self, who: Principal, asked: Asked) -> tuple[bytes | None, list[bytes]]:
        compiled = self.api.compiled
        assert compiled is not None
        body = await compiled.answer(self.api.context(who, "test"), asked)
        return body, self._taken()

    async def by_strawberry(
        self, who: Principal, asked: Asked, context: RequestContext | None = None
    ) -> tuple[bytes, list[bytes]]:
        result = await self.api.schema.execute(
            asked.query,
            variable_values=asked.variables,
            context_value=context or self.api.context(who, "test"),
            operation_name=asked.operation_name,
        )
        return orjson.dumps(shaped(result)[0]), self._taken()

    async def done(self, who: Principal, asked: Asked) -> tuple[bytes, list[bytes], str]:
        """As the endpoint has a mutation done, and by whom it was answered."""
        context, compiled = self.api.context(who, "test"), self.api.compiled
        assert compiled is not None
        body = await compiled.answer(context, asked, mutates=True)
        if body is not None:
            return body, self._taken(), "a plan"
        return *await self.by_strawberry(who, asked, context), "Strawberry"

    def _taken(self) -> list[bytes]:
        """What was noted since, but for ids that are made up and an order that means nothing."""
        found = [
            msgspec.structs.replace(
                entry,
                entry_id=id_of("entry", "any"),
                case_ids=tuple(sorted(entry.case_ids, key=str)),
            )
            for entry in self.noted.entries
        ]
        self.noted.entries.clear()
        return sorted(msgspec.json.encode(entry) for entry in found)


BESIDE = statements("tests.properties")
"""What the steps do not make, or seldom."""


async def lived(history: CaseHistory) -> None:
    """A few hundred steps of everything that can happen, and texts that a careless hand would spoil."""
    for number in range(12):
        await history.step("write", number)
        await history.step("assign", number)
    for number in range(STEPS):
        kind = KINDS[(number * 7 + number // 11) % len(KINDS)]
        if kind != "erase" or number % 97 == 0:
            await history.step(kind, number)
    pool = history.pool
    await pool.execute(
        "UPDATE timeline SET text = $1 WHERE text IS NOT NULL AND occurred_at > $2",
        ODD,
        history.at - timedelta(hours=2),
    )
    await pool.execute("UPDATE agents SET display_name = $1, languages = '{nl,en-GB}' WHERE ref = 'anna'", ODD)
    await pool.execute("UPDATE timeline SET occurred_at = date_trunc('second', occurred_at) WHERE kind = 'NOTE'")
    for statement in BESIDE.values():
        await pool.execute(statement)
    await pool.execute(
        "INSERT INTO viewings SELECT case_id, assignee_id, false, $1 FROM cases WHERE assignee_id IS NOT NULL",
        NOW + timedelta(minutes=1),
    )


async def known_of(pool: Pool, api: Api) -> Known:
    """Things to ask for, among them some that are not there."""
    customers = [encode(IdType.CUSTOMER, row[0]) for row in await pool.fetch("SELECT customer_id FROM customers")]
    cases = [encode(IdType.CASE, row[0]) for row in await pool.fetch("SELECT case_id FROM cases")]
    agents = [encode(IdType.AGENT, row[0]) for row in await pool.fetch("SELECT agent_id FROM agents")]
    handles = [
        {"kind": row["kind"], "value": row["written"]} for row in await pool.fetch("SELECT kind, written FROM handles")
    ]
    numbers = [row[0] for row in await pool.fetch("SELECT number FROM cases LIMIT 3")]
    moments = [row[0].isoformat() for row in await pool.fetch("SELECT opened_at FROM cases LIMIT 3")]
    cursors = await _cursors(api, customers, cases)
    return Known(
        ids=[*customers[:2], *cases[:2], *agents, encode(IdType.TEAM, id_of("team", "care")), "none", ""],
        customers=customers,
        cases=cases,
        numbers=[*numbers, "999999", "x"],
        handles=[*handles[:4], {"kind": "EMAIL", "value": "nobody@shop.example"}, {"kind": "PHONE", "value": "?"}],
        cursors=cursors,
        moments=[*moments, "2026-03-02T09:30:00Z"],
        tags=["t1", "t5", "none"],
    )


async def _cursors(api: Api, customers: Sequence[str], cases: Sequence[str]) -> dict[str, list[str]]:
    """Cursors by the field whose list they are of."""
    document = """query ($customer: ID!, $case: ID!) {
      customer(by: {id: $customer}) { timeline(first: 3) { edges { cursor } } cases(first: 2) { edges { cursor } } }
      case(by: {id: $case}) { contacts(first: 2) { edges { cursor } } }
      cases(first: 2) { edges { cursor } }
      inbox(first: 2) { edges { cursor } }
      agents(first: 1) { edges { cursor } }
      commitments(first: 2) { edges { cursor } }
    }"""
    found: dict[str, list[str]] = {}

    def walk(value: Any) -> None:
        for key, each in value.items():
            if isinstance(each, dict):
                found.setdefault(key, []).extend(edge["cursor"] for edge in each.get("edges", ()))
                walk(each)

    for customer, case in zip(customers[:3], cases[:3], strict=False):
        variables = {"customer": customer, "case": case}
        result = await api.schema.execute(document, variable_values=variables, context_value=api.context(ASKING[0]))
        assert not result.errors, result.errors
        walk(result.data)
    return found


@pytest.fixture
async def both(database: str, keys_database: str) -> AsyncIterator[Both]:
    async with case_history(database, keys_database) as history:
        await lived(history)
        assert await assert_kept_as_loaded(history.record)
        screens = await open_screens(database)
        noted = Noted()
        deps = GraphQLDeps(
            pool=history.pool,
            record=history.record,
            directory=PostgresDirectory(history.pool),
            policy=CasePolicy(playbooks=BOOKS),
            verifier=Tokens(),
            refused_token=Exception,
            clock=StandingClock(),
            ids=SystemIds(),
            hub=Hub(),
            access=noted,
            checkpoints=Checkpointer(history.pool, "case", None),
            screens=screens,
            purposes=("audit",),
        )
        api = Api(deps)
        known = await known_of(history.pool, api)
        noted.entries.clear()
        running = Both(api, noted, known)
        yield running
        await asyncio.sleep(0.1)
        await screens.close()
    assert running.planned["a plan"] > EXAMPLES / 5
    assert running.planned["a plan of a payload"] > EXAMPLES / 10


async def compared(both: Both, who: Principal, written: Written) -> str:
    """Fails where the two differ; else by whom it was answered."""
    asked = Asked(query=written.text, variables=written.variables)
    planned, noted = await both.by_plan(who, asked)
    if planned is None:
        assert noted == []
        return "Strawberry"
    expected, noted_too = await both.by_strawberry(who, asked)
    assert planned.decode() == expected.decode()
    assert noted == noted_too
    return "a plan"


async def done_twice(both: Both, who: Principal, written: Written) -> str:
    """Fails where Strawberry tells something else of what was done already; else by whom it was answered at first."""
    asked = Asked(query=written.text, variables=written.variables)
    answer, noted, by = await both.done(who, asked)
    expected, noted_too = await both.by_strawberry(who, asked)
    assert answer.decode() == expected.decode()
    assert noted == noted_too
    return by


@given(random=st.randoms(use_true_random=True), who=st.sampled_from((*ASKING[:READERS] * 3, *ASKING)))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
async def test_a_plan_and_strawberry_give_the_same_bytes_and_the_same_entries(
    both: Both, random: Any, who: Principal
) -> None:
    written = document(random, both.api.schema._schema, both.known)
    by = await compared(both, who, written)
    both.planned[by] += 1
    event(by)
    by = await done_twice(both, who, mutation(random, both.api.schema._schema, both.known, str(IDS.new())))
    by = f"{by} of a payload"
    both.planned[by] += 1
    event(by)
