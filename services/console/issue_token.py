"""`eender token`: a signed token of the embedded issuer, and the fact that it was issued."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from cyclopts import Parameter

from contracts.configuration import ConfigurationError
from contracts.stored import CommandContext
from contracts.vocabulary import Refusal, Role, system_actor
from infra.clock import SystemClock, SystemIds
from infra.configuration_file import read_configuration
from infra.settings import CONFIG, DATABASE_URL, KEK, KEYS_URL, NATS_URL, ServiceSettings, SettingsError
from services.console.account import account
from services.console.failure import CommandFailed
from services.console.run_file import DATA_DEFAULT, RunFile, read_running

TTL_MAX = timedelta(days=366)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def _ttl(_type: Any, tokens: Any) -> timedelta:
    """`8h`, `30m`, `90s`, `7d`.

    Raises:
        ValueError: it is none of these, or longer than a year.
    """
    found = re.fullmatch(r"([1-9]\d{0,8})([smhd])", tokens[0].value, re.ASCII)
    ttl = timedelta(seconds=int(found[1]) * UNITS[found[2]]) if found else TTL_MAX * 2
    if ttl > TTL_MAX:
        raise ValueError("expected a time such as 30m, 8h or 7d, at most a year")
    return ttl


def token(
    *,
    role: Literal["agent", "lead", "auditor", "privacy", "admin", "integration"],
    subject: str,
    name: str | None = None,
    ttl: Annotated[timedelta, Parameter(converter=_ttl, show_default=lambda _ttl: "8h")] = timedelta(hours=8),
    scope: Annotated[tuple[str, ...], Parameter(negative=())] = (),
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Issue a token; it stands alone on the last line of the output.

    Args:
        role: What its bearer may do.
        subject: Who that is: for role agent the ref of an agent, else a reference of yours; never an address.
        name: How screens show that person.
        ttl: How long it is good for: 90s, 30m, 8h or 7d, say; a year at most.
        scope: Of an integration, what it may do, such as READ or RECORD_CONTACT; once for each.
        data: The folder of a running stack; else EENDER_KEYS_URL and the other variables of the case service.
        json: Print it as JSON, with when it expires.
    """
    try:
        issued = asyncio.run(
            issue(environment(data), role=Role(role.upper()), subject=subject, name=name, ttl=ttl, scopes=scope)
        )
    except (ConfigurationError, SettingsError) as error:
        raise CommandFailed(str(error)) from error
    except Refusal as refusal:
        raise CommandFailed(f"{' '.join(refusal.path)} {refusal.message}".strip()) from refusal
    sys.stdout.write((msgspec.json.encode(issued).decode() if json else issued["token"]) + "\n")


def environment(data: Path | None) -> Mapping[str, str]:
    """What the case service is told, of the stack in `data` or by our own environment.

    Raises:
        CommandFailed: there is neither.
    """
    if data is None and os.environ.get(KEYS_URL):
        return os.environ
    folder = data or DATA_DEFAULT
    return environment_of(read_running(folder), folder)


def environment_of(run: RunFile, folder: Path) -> Mapping[str, str]:
    """What the case service of the stack in `folder` is told."""
    environment = {key: value for key, value in os.environ.items() if key != CONFIG}
    environment |= {
        DATABASE_URL: run.databases["case"],
        KEYS_URL: run.databases["keys"],
        NATS_URL: run.nats,
        KEK: f"file:{folder.absolute() / 'kek'}",
    }
    return environment if run.config is None else {**environment, CONFIG: run.config}


async def issue(
    env: Mapping[str, str], *, role: Role, subject: str, name: str | None, ttl: timedelta, scopes: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Record that the token is issued, then sign it.

    Raises:
        CommandFailed: another issuer is configured, or the subject is nobody.
    """
    from infra.issuer import Issuer, TokenClaims  # noqa: PLC0415  (`--help` does without)
    from infra.postgres import open_pool  # noqa: PLC0415
    from infra.sealing import load_kek  # noqa: PLC0415
    from services.case.app import open_record  # noqa: PLC0415
    from services.case.commands.record_token import RecordToken, record_token  # noqa: PLC0415

    settings = ServiceSettings.from_environment(env)
    if settings.keys_url is None or settings.kek_spec is None:
        raise SettingsError(KEYS_URL, "is not set")
    if read_configuration(settings.config_path, env).oidc is not None:
        raise CommandFailed("tokens come from the configured OIDC issuer, not from here")
    if role is Role.AGENT:
        await _require_agent(settings.database_url, subject)
    now, ids = SystemClock().now(), SystemIds()
    claims = TokenClaims(
        subject=subject, role=role, issued_at=now, expires_at=now + ttl, token_id=ids.new(), name=name, scopes=scopes
    )
    command_id = ids.new()
    context = CommandContext(
        command_id, system_actor("console"), now, correlation_id=command_id, on_behalf_of=account()
    )
    command = RecordToken(claims.token_id, role, subject, name, claims.expires_at, scopes)
    async with open_record(settings) as record:
        await record_token(command, context, record=record)
    pool = await open_pool(settings.keys_url, application_name="eender-console", size_max=1)
    try:
        signed = await Issuer(pool, load_kek(settings.kek_spec)).sign(claims)
    finally:
        await pool.close()
    return {"token": signed, "role": role, "subject": subject, "expires_at": claims.expires_at}


async def _require_agent(database_url: str, ref: str) -> None:
    """Let pass the ref of an active agent.

    Raises:
        CommandFailed: there is none.
    """
    from infra.postgres import open_pool  # noqa: PLC0415
    from infra.sql import statements  # noqa: PLC0415

    pool = await open_pool(database_url, application_name="eender-console", size_max=1)
    try:
        found = await pool.fetchval(statements("services.console")["active_agent"], ref)
    finally:
        await pool.close()
    if not found:
        raise CommandFailed(f"there is no active agent {ref!r}: the subject of role agent is an agent's ref")
