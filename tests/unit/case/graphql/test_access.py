"""Who asks, and what is opened to them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contracts.vocabulary import ActorKind, Role
from services.case.domain.permissions import Permission
from services.case.graphql.access import Principal, QueryRefusedError, purpose_of

KNOWN = frozenset({"audit", "legal-claim"})
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "purpose"),
    [
        ("audit", "audit"),
        ("audit; ref=T-1", "audit"),
        (" legal-claim ;ref=x", "legal-claim"),
        ("curiosity", None),
        ("", None),
        (None, None),
        ("; ref=audit", None),
        ("AUDIT", None),
    ],
)
def test_only_a_configured_purpose_counts(header: str | None, purpose: str | None) -> None:
    assert purpose_of(header, KNOWN) == purpose


@pytest.mark.parametrize(
    ("role", "purpose", "opens"),
    [
        (Role.AGENT, None, True),
        (Role.LEAD, None, True),
        (Role.AUDITOR, None, False),
        (Role.AUDITOR, "audit", True),
        (Role.PRIVACY, "audit", False),
        (Role.ADMIN, "audit", False),
        (Role.INTEGRATION, "audit", False),
    ],
)
def test_sealed_text_is_opened_to_those_who_work_with_it_and_to_auditors_with_a_purpose(
    role: Role, purpose: str | None, opens: bool
) -> None:
    assert Principal("x", role, None, LATER, purpose).opens_sealed is opens


def test_facts_know_agents_integrations_and_staff_apart() -> None:
    kinds = {role: Principal("x", role, None, LATER).actor.kind for role in Role}
    assert (kinds[Role.AGENT], kinds[Role.INTEGRATION]) == (ActorKind.AGENT, ActorKind.INTEGRATION)
    assert {kinds[role] for role in (Role.LEAD, Role.AUDITOR, Role.PRIVACY, Role.ADMIN)} == {ActorKind.STAFF}


def test_scopes_give_a_machine_what_they_name_and_nobody_else_anything() -> None:
    scopes = ("ADD_NOTE", "READ", "profile", "GIVE_GESTURE", "DECIDE_GESTURE", "ERASE_CUSTOMER")
    machine = Principal("till", Role.INTEGRATION, None, LATER, scopes=scopes)
    assert {each for each in Permission if machine.may(each)} == {Permission.ADD_NOTE, Permission.READ}
    assert machine.opens_sealed
    admin = Principal("ada", Role.ADMIN, None, LATER, scopes=scopes)
    assert not admin.may(Permission.READ)
    assert not Principal("till", Role.INTEGRATION, None, LATER).may(Permission.READ)


def test_who_may_not_is_told_forbidden() -> None:
    with pytest.raises(QueryRefusedError) as refused:
        Principal("x", Role.AGENT, None, LATER).require(Permission.READ_APPROVALS)
    assert refused.value.code == "FORBIDDEN"
