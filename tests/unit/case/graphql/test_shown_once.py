"""What customers who are shown as one have alike stands there once."""

from __future__ import annotations

from uuid import UUID

from contracts.vocabulary import HandleAssurance, HandleKind
from services.case.graphql.shown_once import called_once, known_once
from services.case.queries.rows import ExternalIdRow, HandleRow

SAID, TOLD, PROVEN = HandleAssurance.SELF_ASSERTED, HandleAssurance.PLATFORM, HandleAssurance.CONFIRMED


def handle(number: int, value: str, assurance: HandleAssurance, *, opted_out: bool = False) -> HandleRow:
    return HandleRow(UUID(int=number), UUID(int=9), HandleKind.EMAIL, value, value, "…", assurance, opted_out)


def test_an_address_of_several_stands_there_once_as_the_surest_one() -> None:
    rows = [handle(1, "a@x.example", SAID), handle(2, "b@x.example", SAID), handle(3, "a@x.example", TOLD)]
    assert [row.handle_id.int for row in known_once(rows)] == [3, 2]
    assert [row.handle_id.int for row in known_once([*rows, handle(4, "a@x.example", PROVEN)])] == [4, 2]
    assert [row.handle_id.int for row in known_once([*rows, handle(4, "a@x.example", SAID)])] == [3, 2]


def test_nothing_is_sent_to_an_address_whoever_of_them_asked_for_that() -> None:
    for first, second in ((True, False), (False, True)):
        one = handle(1, "a@x.example", TOLD, opted_out=first)
        (shown,) = known_once([one, handle(2, "a@x.example", SAID, opted_out=second)])
        assert (shown.handle_id.int, shown.opted_out) == (1, True)
    (shown,) = known_once([handle(1, "a@x.example", SAID), handle(2, "a@x.example", SAID)])
    assert not shown.opted_out


def test_an_id_of_another_system_stands_there_once_with_an_address_if_one_is_known() -> None:
    rows = [
        ExternalIdRow(UUID(int=1), UUID(int=8), "shop", "17", None),
        ExternalIdRow(UUID(int=2), UUID(int=9), "shop", "17", "https://shop.example/17"),
        ExternalIdRow(UUID(int=3), UUID(int=9), "till", "17", None),
    ]
    found = [(row.external_id.int, row.url) for row in called_once(rows)]
    assert found == [(1, "https://shop.example/17"), (3, None)]
