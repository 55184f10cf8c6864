"""Opaque ids and cursors: there and back, and nothing else gets through."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.case.graphql import cursors, ids
from services.case.graphql.cursors import WrongCursorError
from services.case.graphql.ids import IdType, WrongIdError

CASE_ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@given(some.sampled_from(IdType), some.text(min_size=1, max_size=40).filter(lambda name: name.isprintable()))
def test_an_id_comes_back_as_it_was(kind: IdType, name: str) -> None:
    assert ids.decode(ids.encode(kind, name)) == (kind, name)


@given(some.text(max_size=60))
def test_what_is_no_id_names_nothing(value: str) -> None:
    try:
        kind, name = ids.decode(value)
    except WrongIdError:
        return
    assert ids.encode(kind, name) == value.rstrip("=")


@pytest.mark.parametrize("value", ["", "Y2FzZTo", "Y2FzZTpub3QtYS11dWlk", "é", "Y2FzZQ", "x" * 500, "bm9wZTox"])
def test_an_id_of_nothing_is_refused_where_a_case_is_meant(value: str) -> None:
    with pytest.raises(WrongIdError):
        ids.uuid_of(IdType.CASE, value)


def test_an_id_of_something_else_is_refused() -> None:
    with pytest.raises(WrongIdError):
        ids.uuid_of(IdType.CUSTOMER, ids.encode(IdType.CASE, CASE_ID))
    assert ids.uuid_of(IdType.CASE, ids.encode(IdType.CASE, CASE_ID)) == CASE_ID


@given(some.text(max_size=50), some.uuids())
def test_a_cursor_comes_back_as_it_was(key: str, row_id: UUID) -> None:
    assert cursors.decode("cases", cursors.encode("cases", key, row_id)) == (key, row_id)


@given(some.text(max_size=80))
def test_what_is_no_cursor_is_refused(value: str) -> None:
    for decode in (cursors.decode, cursors.decode_time, cursors.decode_number):
        with pytest.raises(WrongCursorError):
            decode("cases", value)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"])
def test_a_cursor_of_no_moment_is_refused(at: str) -> None:
    with pytest.raises(WrongCursorError):
        cursors.decode_time("timeline", cursors.encode("timeline", at, CASE_ID))


def test_a_cursor_of_another_list_is_refused() -> None:
    cursor = cursors.encode("cases DUE_AT up", "2026-11-21", CASE_ID)
    with pytest.raises(WrongCursorError):
        cursors.decode("cases DUE_AT down", cursor)
    with pytest.raises(WrongCursorError):
        cursors.decode_number("log", cursor)
    with pytest.raises(WrongCursorError):
        cursors.decode_time("cases DUE_AT up", cursors.encode("cases DUE_AT up", "2026-11-21T10:00:00", CASE_ID))


def test_a_time_cursor_keeps_microseconds() -> None:
    at = datetime(2026, 11, 21, 10, 0, 0, 123456, tzinfo=UTC)
    assert cursors.decode_time("contacts", cursors.encode_time("contacts", at, CASE_ID)) == (at, CASE_ID)


@pytest.mark.parametrize("number", [0, 7, 10**12])
def test_a_place_in_the_log_comes_back_as_it_was(number: int) -> None:
    assert cursors.decode_number("log", cursors.encode_number("log", number)) == number


@pytest.mark.parametrize("text", ["log:-1", "log:", "log:1.5", "log:x", "log:" + "9" * 30, "other:1", "log:\u0661"])
def test_a_place_that_is_no_number_is_refused(text: str) -> None:
    from base64 import urlsafe_b64encode  # noqa: PLC0415  (only to make bad ones)

    with pytest.raises(WrongCursorError):
        cursors.decode_number("log", urlsafe_b64encode(text.encode()).decode())
