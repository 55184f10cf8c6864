"""How a mutation runs: its key and digest, its refusals as data, and where its facts stand in the log.

Each asks for its permission first, although the command does so too: who may not is told nothing about what exists.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec
import strawberry
from strawberry.utils.str_converters import to_camel_case

from contracts.stored import CommandContext, Committed, IdempotencyMismatch, VersionConflict
from contracts.vocabulary import Refusal, RefusalCode, id_of
from infra import metrics
from services.case.graphql import ids
from services.case.graphql.accessing import deny_current
from services.case.graphql.context import POSITION_WAIT_MS_MAX, RequestContext
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.types import errors
from services.case.queries.changes import positions_of

KEY_LENGTH_MAX = 200
POSITION = "position"
"""The payloads' field that a mutation may have to wait for."""
_NUL_IN_JSON = b"\\u0000"
INPUT = strawberry.argument(name="input", description="What is asked.")

P = TypeVar("P")


async def answering(kind: Callable[..., P], work: Awaitable[P]) -> P:
    """The payload that `work` makes, or one of `kind` that says why it was refused."""
    try:
        return await work
    except Refusal as refusal:
        if refusal.code is RefusalCode.FORBIDDEN:
            deny_current()
        return _refused(kind, errors.all_of(refusal))
    except VersionConflict as conflict:
        error = errors.of_lost_race(conflict)
    except IdempotencyMismatch as reused:
        error = errors.of_reused_key(reused)
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.QueryCanceledError):
        error = errors.unavailable("the record cannot be reached")
    return _refused(kind, [error])


def _refused(kind: Callable[..., P], found: list[errors.UserError]) -> P:
    for error in found:
        metrics.graphql_errors.labels(error.code.value).inc()
    return kind(errors=found)


async def carry_out(
    context: RequestContext,
    operation: str,
    asked: Any,
    command: Callable[[CommandContext], Awaitable[Committed]],
) -> Committed:
    """Run a command once per actor, operation and key; then forget what was read before it.

    `asked`: the input. Without a key in it the request stands for itself.

    Raises:
        Refusal: INVALID_INPUT for a key that is none or a text that cannot be stored, and whatever the command refuses.
        IdempotencyMismatch: the key was used for another request.
        VersionConflict: others kept writing first.
    """
    key = asked.idempotency_key
    if key is not None and not (key.strip() and len(key) <= KEY_LENGTH_MAX):
        raise Refusal(RefusalCode.INVALID_INPUT, f"1 to {KEY_LENGTH_MAX} characters", "idempotencyKey")
    said = canonical(asked)
    _check_texts(asked, said)
    actor = context.principal.actor
    command_id = context.deps.ids.new() if key is None else id_of("command", actor.ref, operation, key)
    committed = await command(
        CommandContext(
            command_id=command_id,
            actor=actor,
            at=context.deps.clock.now(),
            correlation_id=command_id,
            request_digest=hashlib.sha256(said).digest(),
            expected_version=getattr(asked, "expected_version", None),
        )
    )
    context.renew()
    return committed


def canonical(asked: Any) -> bytes:
    """An input in one form, whose digest tells a repetition from another request: sorted names, unset fields as null.

    Where null says something else than nothing (`NULL_SAYS_SOMETHING`), unset fields are left out.
    """
    given = dataclasses.asdict(asked)
    if getattr(asked, "NULL_SAYS_SOMETHING", False):
        given = {name: value for name, value in given.items() if value is not strawberry.UNSET}
    return msgspec.json.encode(msgspec.to_builtins(given, enc_hook=_plain), order="sorted")


def _check_texts(asked: Any, said: bytes) -> None:
    """Let pass an input whose texts can all be stored: one that cannot would stop whoever reads the fact it is in.

    Raises:
        Refusal: INVALID_INPUT at the first that cannot.
    """
    path = _way_to_nul(dataclasses.asdict(asked)) if _NUL_IN_JSON in said else None
    if path is not None:
        raise Refusal(RefusalCode.INVALID_INPUT, "holds a character that is none", *path)


def _way_to_nul(value: Any) -> tuple[str, ...] | None:
    """The names and places on the way to the first text with a null character, None where there is none."""
    if isinstance(value, str):
        return () if "\0" in value else None
    if isinstance(value, dict):
        if any("\0" in name for name in value):
            return ()
        inner = [(to_camel_case(name.rstrip("_")), each) for name, each in value.items()]
    elif isinstance(value, list):
        inner = [(str(place), each) for place, each in enumerate(value)]
    else:
        return None
    found = ((name, _way_to_nul(each)) for name, each in inner)
    return next(((name, *way) for name, way in found if way is not None), None)


def _plain(value: Any) -> Any:
    if value is strawberry.UNSET:
        return None
    if isinstance(value, Decimal):
        return str(value)
    raise NotImplementedError


def named(kind: IdType, value: str, *path: str) -> UUID:
    """The uuid inside an id that a client sent.

    Raises:
        Refusal: NOT_FOUND at `path`: an id of nothing names nothing.
    """
    try:
        return ids.uuid_of(kind, value)
    except WrongIdError:
        raise Refusal(RefusalCode.NOT_FOUND, f"no such {kind.value}", *path) from None


def named_or_none(kind: IdType, value: str | None, *path: str) -> UUID | None:
    """The same for a field that may be left out."""
    return None if value is None else named(kind, value, *path)


async def named_brand(context: RequestContext, brand_id: str | None) -> str | None:
    """The reference of a brand that a client named.

    Raises:
        Refusal: NOT_FOUND.
    """
    if brand_id is None:
        return None
    with suppress(WrongIdError):
        ref = ids.name_of(IdType.BRAND, brand_id)
        if "\0" not in ref and await context.loaders.brands.load(ref) is not None:
            return ref
    raise Refusal(RefusalCode.NOT_FOUND, "no such brand", "brandId")


async def position_of(context: RequestContext, stream_id: UUID, version: int | None) -> str | None:
    """The place of a fact in the case log; None where the sequencer has not come to it yet, or nobody asks for it."""
    if version is None or not context.accessed.asks(POSITION):
        return None
    fact = (stream_id, version)

    async def look() -> int | None:
        return (await positions_of(context.database, [fact])).get(fact)

    found = await context.deps.hub.until(look, timeout_ms=POSITION_WAIT_MS_MAX)
    return None if found is None else str(found)
