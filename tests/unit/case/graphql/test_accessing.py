"""What an operation notes of itself: programs by name, subjects once, attempts with what they were after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import Role
from infra.clock import SystemIds
from services.case.domain.access import NOBODY, AccessAction, AccessEntry
from services.case.graphql import ids
from services.case.graphql.access import Principal, ticket_of
from services.case.graphql.accessing import (
    DENIED_SUBJECTS_MAX,
    REFUSED_PER_MINUTE_MAX,
    Accessed,
    RefusedTokens,
    client_of,
)
from services.case.graphql.asked_fields import AskedFor
from services.case.graphql.ids import IdType

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
READ = AskedFor("Screen", AccessAction.READ, tells=True, fields=("Case.number",))
CUSTOMER, CASE = UUID(int=1), UUID(int=2)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"


class Stand:
    """Time, ids and a log that only remembers."""

    def __init__(self) -> None:
        self.at = NOON
        self.entries: list[AccessEntry] = []
        self.clock = SimpleNamespace(now=lambda: self.at)
        self.ids = SystemIds()
        self.access = SimpleNamespace(note=self._note)

    def _note(self, entries: Sequence[AccessEntry]) -> None:
        self.entries += entries

    def accessed(self, asked: AskedFor = READ, named: Any = None) -> Accessed:
        deps: Any = self
        made = Accessed(deps, Principal("olga", Role.AUDITOR, None, NOON, "audit", "T-1"), "desk")
        made.begin(asked, named)
        return made

    @property
    def noted(self) -> list[tuple[str, UUID | None, UUID | None]]:
        return [
            (entry.action.value, entry.customer_id, case_id) for entry in self.entries for case_id in entry.case_ids
        ]


@pytest.mark.parametrize(
    ("said", "agent", "client"),
    [
        ("workbench/2.1", FIREFOX, "workbench/2.1"),
        (None, FIREFOX, "Firefox"),
        (None, EDGE, "Edg"),
        (None, "python-httpx/0.28.1", "python-httpx"),
        ("sam@shop.example", "curl/8.5", "curl"),
        ("desk\nforged", None, None),
        (None, "192.0.2.7@evil", None),
        (None, "", None),
        ("x" * 100, None, "x" * 60),
    ],
)
def test_a_program_goes_by_its_own_name_or_its_family(said: str | None, agent: str | None, client: str | None) -> None:
    assert client_of(said, agent) == client


@pytest.mark.parametrize(
    ("header", "ticket"),
    [
        ("audit; ref=T-7", "T-7"),
        ("audit;ref=JIRA#12/3", "JIRA#12/3"),
        ("audit", None),
        ("audit; ref=sam@shop.example", None),
        ("audit; ref=Sam Bakker", None),
        (f"audit; ref={'9' * 65}", None),
        (None, None),
    ],
)
def test_a_ticket_is_a_short_code_and_never_an_address(header: str | None, ticket: str | None) -> None:
    assert ticket_of(header) == ticket


def test_a_subject_is_noted_once_however_often_it_is_shown() -> None:
    stand = Stand()
    accessed = stand.accessed()
    for _ in range(3):
        accessed.customer(CUSTOMER)
        accessed.case_of(CUSTOMER, CASE)
        accessed.tell()
    accessed.end()
    assert stand.noted == [("READ", CUSTOMER, None), ("READ", CUSTOMER, CASE)]
    entry = stand.entries[0]
    assert (entry.purpose, entry.ticket, entry.client, entry.operation) == ("audit", "T-1", "desk", "Screen")
    assert (entry.actor.ref, entry.actor.role, entry.fields) == ("olga", Role.AUDITOR, ("Case.number",))


def test_a_question_that_showed_nobody_is_noted_and_one_about_oneself_is_not() -> None:
    stand = Stand()
    stand.accessed().end()
    stand.accessed(AskedFor("Me", AccessAction.READ, tells=False, fields=())).end()
    assert stand.noted == [("READ", None, None)]


def test_a_denied_attempt_is_noted_once_with_the_subjects_it_named() -> None:
    stand = Stand()
    case_id, customer_id = ids.encode(IdType.CASE, CASE), ids.encode(IdType.CUSTOMER, CUSTOMER)
    named = (
        {"input": {"ids": [case_id, "no id", 7], "deep": {"er": None}}},
        f'{{ customer(by: {{ id: "{customer_id}" }}) }}',
    )
    accessed = stand.accessed(named=named)
    accessed.deny()
    accessed.deny()
    accessed.end()
    assert set(stand.noted) == {("DENIED", CUSTOMER, None), ("DENIED", None, CASE)}
    assert len(stand.entries) == 2


def test_a_denied_attempt_names_so_many_subjects_and_no_more() -> None:
    stand = Stand()
    stand.accessed(named=[ids.encode(IdType.CASE, UUID(int=number)) for number in range(500)]).deny()
    assert len(stand.entries) == DENIED_SUBJECTS_MAX


def test_a_flood_of_refused_tokens_is_cut_off_by_the_minute() -> None:
    stand = Stand()
    deps: Any = stand
    refused = RefusedTokens(deps)
    for _ in range(REFUSED_PER_MINUTE_MAX + 50):
        refused.note("curl")
    assert len(stand.entries) == REFUSED_PER_MINUTE_MAX
    stand.at += timedelta(minutes=1)
    refused.note("curl")
    assert len(stand.entries) == REFUSED_PER_MINUTE_MAX + 1
    assert (stand.entries[-1].actor, stand.entries[-1].action) == (NOBODY, AccessAction.DENIED)
