"""Which errors a client is told in words, and which are told by an id alone."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest
from graphql import GraphQLError

from infra.event_store import UnknownTopic
from infra.sealing import SealBroken
from services.case.graphql.answering import coded


@pytest.mark.parametrize(
    ("cause", "code", "message"),
    [
        (
            UnknownTopic(UUID(int=7), 3, "kitchen.opened.v9"),
            "UNAVAILABLE",
            f"stream {UUID(int=7)} version 3: unknown topic kitchen.opened.v9",
        ),
        (SealBroken("stream 7 version 3: damaged"), "UNAVAILABLE", "stream 7 version 3: damaged"),
        (
            asyncpg.DiskFullError("could not extend file"),
            "UNAVAILABLE",
            "a part of the system does not answer now: ask the same again",
        ),
        (ValueError("Jannie +31612345678"), "INTERNAL_SERVER_ERROR", "internal error"),
    ],
)
def test_a_fact_that_cannot_be_read_is_named_and_other_faults_are_masked(
    cause: Exception, code: str, message: str
) -> None:
    told = coded(GraphQLError(str(cause), original_error=cause), None)
    assert (told.message, (told.extensions or {})["code"]) == (message, code)
