"""What names a reaction, and which errors are worth another try."""

from __future__ import annotations

from functools import partial

import asyncpg
import nats.errors
import pytest

from contracts.envelope import Message
from contracts.stored import CommandContext, RowRefused, VersionConflict
from contracts.vocabulary import NAMESPACE, Refusal, RefusalCode
from infra.effect import handler_name, passes


async def attach_contact_on_contact_received(
    message: Message, context: CommandContext, *, one: int = 1, two: int = 2
) -> None:
    pass


def test_a_reaction_is_named_after_its_function_under_any_number_of_partials() -> None:
    wrapped = partial(partial(attach_contact_on_contact_received, one=2), two=3)

    assert handler_name(wrapped) == "attach_contact_on_contact_received"


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.SerializationError(),
        asyncpg.DiskFullError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.InterfaceError("pool is closing"),
        asyncpg.InterfaceError("connection is closed"),
        nats.errors.TimeoutError(),
        TimeoutError(),
        ConnectionRefusedError(),
        VersionConflict(NAMESPACE, 1, 2),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_may_pass_is_waited_out(error: Exception) -> None:
    assert passes(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        KeyError(),
        Refusal(RefusalCode.NOT_FOUND, "no such case"),
        RowRefused("insert_case", "unique"),
        asyncpg.UniqueViolationError(),
        asyncpg.UndefinedTableError(),
        asyncpg.InterfaceError("the server expects 2 arguments"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_will_not_pass_is_counted(error: Exception) -> None:
    assert not passes(error)
