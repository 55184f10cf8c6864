"""`eender export`: a case's history and its proof in one file, for somebody who has nothing of ours."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from contracts.configuration import ConfigurationError
from infra.bundle import Body, bundle_of, canonical
from infra.bundle_check import BundleAltered, verify_bundle
from infra.checkpointer import Checkpointer
from infra.clock import SystemClock
from infra.embedded.kept import write_private
from infra.postgres import open_pool
from infra.sealing import KeyRing, load_kek
from infra.settings import KEYS_URL, ServiceSettings, SettingsError
from infra.verify_page import page_of
from services.case.domain.access import AccessAction
from services.console.case_bundle import Source, gather
from services.console.failure import CommandFailed, CommandMisused
from services.console.issue_token import environment
from services.console.looking import look
from services.console.named_case import case_named


def export(
    case: str,
    /,
    *,
    out: Path,
    readable: Annotated[bool, Parameter(negative=())] = False,
    purpose: str | None = None,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Write a case's bundle: everything personal stays sealed unless it is asked for.

    Args:
        case: Its number, or its id as the API gives it.
        out: The file: .html is a page that checks and shows itself in any browser, .json the bundle alone.
        readable: Open the texts.
        purpose: What they are opened for, a code of the configuration, with a ticket or without: 'audit; ref=T-1'.
        data: The folder of a running stack; else EENDER_KEYS_URL and the other variables of the case service.
        json: Print what was written as JSON.
    """
    if out.suffix not in {".html", ".json"}:
        raise CommandMisused(f"{out}: the file's name ends in .html or .json")
    if readable != (purpose is not None):
        raise CommandMisused("--readable and --purpose go together: texts are opened for a purpose only")
    try:
        body = asyncio.run(_export(environment(data), case, purpose))
        written = page_of(body) if out.suffix == ".html" else canonical(bundle_of(body)) + b"\n"
        verified = verify_bundle(written)
        write_private(out.absolute(), written)
    except (ConfigurationError, SettingsError) as error:
        raise CommandFailed(str(error)) from error
    except BundleAltered as error:
        raise CommandFailed(f"case {case} is not as it was recorded, nothing was written: {error}") from error
    except OSError as error:
        raise CommandFailed(f"{out} cannot be written: {error.strerror}") from error
    shown = {
        "case": body.case.number,
        "file": str(out),
        "facts": len(body.facts),
        "size": verified.checkpoint.size,
        "vkey": body.vkey,
        "readable": readable,
    }
    line = f"case {body.case.number}: {len(body.facts)} facts in {out}, signed by {body.vkey}"
    sys.stdout.write((msgspec.json.encode(shown).decode() if json else line) + "\n")


async def _export(env: Mapping[str, str], case: str, purpose: str | None) -> Body:
    """The body, once the access log says that it was taken.

    Raises:
        CommandFailed: there is no such case or purpose, or the case is not as it was recorded.
    """
    settings = ServiceSettings.from_environment(env)
    if settings.keys_url is None or settings.kek_spec is None:
        raise SettingsError(KEYS_URL, "is not set")
    looks = await look(env, settings, purpose)
    kek = load_kek(settings.kek_spec)
    pool = await open_pool(settings.database_url, application_name="eender-console", size_max=2)
    keys_pool = await open_pool(settings.keys_url, application_name="eender-console", size_max=1)
    try:
        source = Source(pool, Checkpointer(pool, "case", kek), KeyRing(keys_pool, kek))
        found = await case_named(pool, case)
        await looks.require_read(pool, found.id, operation="export")
        body = await gather(source, found, purpose=looks.purpose, at=SystemClock().now())
        opened = () if body.readable is None else ("Bundle.readable",)
        fields = ("Bundle.facts", *opened)
        await looks.note(pool, AccessAction.EXPORT, body.case.id, operation="export", fields=fields)
        return body
    finally:
        await pool.close()
        await keys_pool.close()
