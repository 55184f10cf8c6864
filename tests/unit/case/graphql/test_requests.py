"""What is a GraphQL request over HTTP, and in what it is answered."""

from __future__ import annotations

from typing import Any

import pytest

from services.case.graphql.answering import variable_path
from services.case.graphql.requests import EVENTS, JSON, RESPONSE_JSON, BadRequestError, asked_of, negotiated


@pytest.mark.parametrize(
    ("accept", "answer"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE_JSON, RESPONSE_JSON),
        (f"{RESPONSE_JSON}, {JSON};q=0.9", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.5, {JSON}", JSON),
        (f"text/html, {RESPONSE_JSON};charset=utf-8", RESPONSE_JSON),
        ("TEXT/EVENT-STREAM", EVENTS),
        ("text/html, */*;q=0.1", JSON),
    ],
)
def test_the_clients_favourite_that_we_have_is_answered(accept: str | None, answer: str) -> None:
    assert negotiated(accept) == answer


@pytest.mark.parametrize("accept", ["text/html", f"{JSON};q=0", "image/png, text/plain", f"{JSON};q=much"])
def test_a_client_that_takes_none_of_ours_is_told_so(accept: str) -> None:
    with pytest.raises(BadRequestError) as refused:
        negotiated(accept)
    assert refused.value.status == 406


def test_a_request_is_a_document_with_variables_and_a_name() -> None:
    asked = asked_of({"query": "{ a }", "variables": None, "operationName": "Q", "extensions": {}})
    assert (asked.query, asked.variables, asked.operation_name) == ("{ a }", {}, "Q")


@pytest.mark.parametrize(
    "parameters",
    [
        [],
        None,
        "x",
        {},
        {"query": ""},
        {"query": 1},
        {"query": "{ a }", "variables": "x"},
        {"query": "x", "extensions": []},
    ],
)
def test_what_is_no_request_is_refused(parameters: Any) -> None:
    with pytest.raises(BadRequestError) as refused:
        asked_of(parameters)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("message", "path"),
    [
        ("Variable '$input' has invalid value at .amount.amount: No.", ["input", "amount", "amount"]),
        ("Variable '$ids' has invalid value at [3].x: No.", ["ids", 3, "x"]),
        ("Variable '$x' has invalid value: No.", ["x"]),
        ("Something else", None),
    ],
)
def test_the_way_to_a_bad_value_is_read_off_the_librarys_message(message: str, path: list[str | int] | None) -> None:
    assert variable_path(message) == path
