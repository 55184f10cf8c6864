"""The hash of an access entry, as anybody can recompute it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

from contracts.vocabulary import Actor, ActorKind, Role
from services.case.domain.access import AccessAction, AccessEntry, AccessRelation, access_hash

ENTRY = AccessEntry(
    entry_id=UUID(int=7),
    occurred_at=datetime(2026, 11, 21, 12, 0, 0, 1, tzinfo=UTC),
    actor=Actor(ActorKind.AGENT, "anna", Role.AGENT),
    action=AccessAction.READ,
    case_ids=(None, UUID(int=9)),
    relations=(AccessRelation.DUO, AccessRelation.NONE),
    operation="CaseScreen",
    fields=("Case.subject", 'Cas"e'),
)


def test_the_hash_is_that_of_the_documented_text() -> None:
    asked = sha256(rb'["eender.asked.v1","CaseScreen",["Case.subject","Cas\"e"]]').hexdigest()
    text = (
        '["eender.access.v1","ff","2026-11-21",3,"00000000-0000-0000-0000-000000000007",1795262400000001,"AGENT",'
        '"anna","AGENT",null,null,"READ",null,null,null,[null,"00000000-0000-0000-0000-000000000009"],["DUO","NONE"],'
        f'"{asked}",null]'
    )
    assert access_hash(b"\xff", date(2026, 11, 21), 3, ENTRY) == sha256(text.encode()).digest()


def test_the_place_in_the_chain_is_covered() -> None:
    here = access_hash(b"", date(2026, 11, 21), 1, ENTRY)
    assert here != access_hash(b"\x00", date(2026, 11, 21), 1, ENTRY)
    assert here != access_hash(b"", date(2026, 11, 22), 1, ENTRY)
    assert here != access_hash(b"", date(2026, 11, 21), 2, ENTRY)
