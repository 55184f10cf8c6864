"""A watched viewer answers like the one it stands for, and tells when it was looked at who that is."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from itertools import product

import pytest

from contracts.vocabulary import Role
from services.case.domain.permissions import Permission
from services.case.graphql.access import Principal, QueryRefusedError
from services.case.graphql.watched import Watched, sight_of

UNTIL = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVERYBODY = [
    Principal(subject, role, name, UNTIL, purpose=purpose, machine="svc" if bot else None)
    for subject, name in (("anna", "Anna"), ("bram", None))
    for role, purpose, bot in product(Role, (None, "audit"), (False, True))
] + [Principal(subject, Role.INTEGRATION, None, UNTIL, scopes=("READ",)) for subject in ("till", "shop")]


def _allowed(principal: Principal) -> list[bool]:
    return [principal.may(permission) for permission in Permission]


def _required(principal: Principal) -> list[bool]:
    found = []
    for permission in Permission:
        try:
            principal.require(permission)
            found.append(True)
        except QueryRefusedError:
            found.append(False)
    return found


@pytest.mark.parametrize("principal", EVERYBODY, ids=str)
def test_what_all_of_a_kind_share_leaves_no_mark(principal: Principal) -> None:
    watched = Watched(principal)
    assert _allowed(watched) == _required(watched) == _allowed(principal)
    assert (watched.role, watched.opens_sealed) == (principal.role, principal.opens_sealed)
    assert (watched.acts_as_bot, watched.scopes) == (principal.acts_as_bot, principal.scopes)
    assert not watched.marked


@pytest.mark.parametrize("name", ["actor", "looks", *(each.name for each in fields(Principal)), "__dict__"])
@pytest.mark.parametrize("principal", EVERYBODY[:3], ids=str)
def test_what_says_who_it_is_leaves_a_mark(principal: Principal, name: str) -> None:
    watched = Watched(principal)
    found = getattr(watched, name)
    assert name == "__dict__" or found == getattr(principal, name)
    assert watched.marked is (name not in {"role", "scopes"})


def test_being_compared_and_hashed_leaves_a_mark() -> None:
    one, other = Watched(EVERYBODY[0]), Watched(EVERYBODY[0])
    assert hash(one) == hash(EVERYBODY[0])
    assert one == other
    assert one.marked
    assert other.marked


def test_those_of_one_kind_have_the_same_permissions_and_open_the_same() -> None:
    by_sight: dict[object, set[tuple[bool, ...]]] = {}
    for each in EVERYBODY:
        by_sight.setdefault(sight_of(each), set()).add((each.opens_sealed, *_allowed(each)))
    assert all(len(answers) == 1 for answers in by_sight.values())
    assert len(by_sight) > len(Role)
