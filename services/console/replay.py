"""`eender replay`: a case as it was, step by step, with the reason of every assignment."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from cyclopts import Group, Parameter, validators

from contracts.configuration import ConfigurationError
from infra.clock import SystemClock
from infra.settings import KEYS_URL, ServiceSettings, SettingsError
from services.console.failure import CommandFailed
from services.console.issue_token import environment
from services.console.known_facts import know_facts
from services.console.looking import Look, look

if TYPE_CHECKING:
    from uuid import UUID

    from infra.postgres import Pool
    from services.case.queries.as_of import Past, Point
    from services.console.replayed import Replayed

VERSION_MAX = 2**31 - 1
POINT = Group("Where to stop (now, if nothing is said)", validator=validators.LimitedChoice())


def _moment(_type: Any, tokens: Any) -> datetime:
    """RFC 3339 with an offset.

    Raises:
        ValueError: it is not, and nobody could say which moment is meant.
    """
    found = datetime.fromisoformat(tokens[0].value)
    if found.tzinfo is None:
        raise ValueError("expected a time with an offset, such as 2026-11-21T20:38:00Z")
    return found.astimezone(UTC)


def replay(
    case: str,
    /,
    *,
    version: Annotated[int | None, Parameter(group=POINT, validator=validators.Number(gte=1, lte=VERSION_MAX))] = None,
    at: Annotated[datetime | None, Parameter(group=POINT, converter=_moment)] = None,
    purpose: str | None = None,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Show a case step by step: who did what, what it changed, and why each assignment was made as it was.

    Args:
        case: Its number, or its id as the API gives it.
        version: Stop behind this fact of the case.
        at: Stop at this moment, such as 2026-11-21T20:38:00Z.
        purpose: What names, addresses and texts are shown for: a code of the configuration, with a ticket or
            without, such as 'audit; ref=T-1'; else they are not.
        data: The folder of a running stack; else EENDER_KEYS_URL and the other variables of the case service.
        json: Print it as JSON.
    """
    try:
        shown = asyncio.run(replayed(environment(data), case, version=version, at=at, purpose=purpose))
    except (ConfigurationError, SettingsError) as error:
        raise CommandFailed(str(error)) from error
    if json:
        sys.stdout.write(msgspec.json.encode(shown).decode() + "\n")
    else:
        from services.console.replay_drawing import draw  # noqa: PLC0415  (`--help` does without)

        draw(shown, sys.stdout)
    if shown.unreadable is not None:
        raise CommandFailed(shown.unreadable)


async def replayed(
    env: Mapping[str, str], case: str, *, version: int | None, at: datetime | None, purpose: str | None
) -> Replayed:
    """The case up to that point, once the access log says that it was looked at.

    Raises:
        CommandFailed: there is no such case, purpose or point.
        SettingsError: the environment does not say where the keys are.
    """
    from infra.postgres import open_pool  # noqa: PLC0415  (`--help` does without)
    from infra.sealing import KeyRing, load_kek  # noqa: PLC0415
    from services.case.queries.as_of import Past  # noqa: PLC0415
    from services.case.queries.database import Database  # noqa: PLC0415
    from services.console.named_case import case_named  # noqa: PLC0415
    from services.console.replayed import gathered  # noqa: PLC0415

    settings = ServiceSettings.from_environment(env)
    if settings.keys_url is None or settings.kek_spec is None:
        raise SettingsError(KEYS_URL, "is not set")
    looks = await look(env, settings, purpose)
    async with AsyncExitStack() as resources:
        pool = await open_pool(settings.database_url, application_name="eender-console", size_max=2)
        resources.push_async_callback(pool.close)
        keys_pool = await open_pool(settings.keys_url, application_name="eender-console", size_max=1)
        resources.push_async_callback(keys_pool.close)
        found = await case_named(pool, case)
        await _note(pool, found.id, looks)
        know_facts("case")
        keys, database = KeyRing(keys_pool, load_kek(settings.kek_spec)), Database(pool)
        people = Past(database, keys)
        point = await _point(people, found.id, version=version, at=at)
        past = people if looks.purpose is not None else Past(database, None)
        return await gathered(past, people, found, point, purpose=looks.purpose)


async def _point(past: Past, case_id: UUID, *, version: int | None, at: datetime | None) -> Point:
    """Where to stop: now, where nothing is said.

    Raises:
        CommandFailed: the case has no such fact.
    """
    if version is None:
        now = SystemClock().now()
        return await past.point_at(now if at is None else min(at, now))
    found = await past.point_of_version(case_id, version)
    if found is None:
        raise CommandFailed(f"the case has no version {version}")
    return found


async def _note(pool: Pool, case_id: UUID, looks: Look) -> None:
    """Say in the access log that the case is looked at, before it is.

    Raises:
        CommandFailed: who looks may not.
    """
    from services.case.domain.access import AccessAction  # noqa: PLC0415  (`--help` does without)

    await looks.require_read(pool, case_id, operation="replay")
    opened = () if looks.purpose is None else ("Step.words", "Replayed.customer")
    await looks.note(pool, AccessAction.READ, case_id, operation="replay", fields=("Replayed.steps", *opened))
