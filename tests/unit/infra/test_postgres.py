"""Which database errors pass, and after which of them nobody knows what was stored."""

from __future__ import annotations

import asyncpg
import pytest
from structlog.testing import capture_logs

from infra import postgres
from infra.postgres import is_connection_loss, is_lost_race, is_transient, open_pool

LOST = (
    ConnectionResetError(),
    ConnectionRefusedError(),
    asyncpg.ConnectionDoesNotExistError("gone"),
    asyncpg.AdminShutdownError("terminating"),
    asyncpg.CannotConnectNowError("starting"),
    asyncpg.InterfaceError("cannot perform operation: connection is closed"),
    asyncpg.InterfaceError("cannot call Connection.execute(): connection has been released back to the pool"),
    asyncpg.InternalClientError("cannot switch to state 15"),
)
RACES = (asyncpg.SerializationError("x"), asyncpg.DeadlockDetectedError("x"))
SCARCE = (
    TimeoutError(),
    asyncpg.TooManyConnectionsError("x"),
    asyncpg.QueryCanceledError("x"),
    asyncpg.DiskFullError("could not extend file"),
    asyncpg.OutOfMemoryError("x"),
    asyncpg.ReadOnlySQLTransactionError("x"),
)
LASTING = (
    asyncpg.UniqueViolationError("x"),
    asyncpg.UndefinedTableError("x"),
    asyncpg.InterfaceError("the server expects 2 arguments for this query, 1 was passed"),
    asyncpg.InterfaceError("pool is closed"),
    ValueError("x"),
)


@pytest.mark.parametrize("error", LOST, ids=repr)
def test_after_a_lost_connection_the_fate_of_a_commit_is_unknown(error: Exception) -> None:
    assert is_connection_loss(error)
    assert is_transient(error)


@pytest.mark.parametrize("error", RACES, ids=repr)
def test_a_lost_race_stored_nothing_and_is_worth_another_try(error: Exception) -> None:
    assert is_lost_race(error)
    assert is_transient(error)
    assert not is_connection_loss(error)


@pytest.mark.parametrize("error", SCARCE, ids=repr)
def test_what_is_scarce_now_may_be_there_later(error: Exception) -> None:
    assert is_transient(error)
    assert not is_connection_loss(error)


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_what_will_fail_again_is_not_tried_again(error: Exception) -> None:
    assert not is_transient(error)


async def test_who_waits_for_a_server_is_told_for_which_and_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "START_ATTEMPTS_MAX", postgres.START_ATTEMPTS_UNTOLD + 2)
    with pytest.raises(ConnectionRefusedError), capture_logs() as said:
        await open_pool("postgresql://somebody:secret@127.0.0.1:1/eender_case", application_name="test")
    (line,) = said
    assert (line["database"], line["host"], line["error_class"]) == (
        "eender_case", "127.0.0.1:1", "ConnectionRefusedError"
    )  # fmt: skip
    assert "secret" not in str(line)
