"""`eender reconcile`: whether the ledger and the payouts tell the same."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter
from cyclopts.validators import Number

from services.console.failure import CommandFailed

if TYPE_CHECKING:
    from services.console.reconciled import Reconciliation

ROUTING_DATABASE_URL = "EENDER_ROUTING_DATABASE_URL"
DIFFERENCES_SHOWN_MAX = 50


def reconcile(
    *,
    settle_seconds: Annotated[float, Parameter(validator=Number(gte=0, lte=600))] = 10.0,
    data: Path | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Compare every capture of the ledger with what was given and paid out; exit code 1 where they differ.

    Args:
        settle_seconds: What is on its way between the services is looked at again after so long.
        data: The folder of a stack; else EENDER_DATABASE_URL (the case service's) and EENDER_ROUTING_DATABASE_URL.
        json: Print the result as JSON.
    """
    done = asyncio.run(_reconciled(data, settle_seconds))
    if json:
        sys.stdout.write(msgspec.json.encode(done).decode() + "\n")
    else:
        said = "as many as fit" if not done.found else f"{done.found} differences"
        sys.stdout.write(f"{done.captures} captures of the ledger, {done.gestures} gestures given: {said}\n")
        sys.stdout.writelines(f"  {each.text()}\n" for each in done.differences[:DIFFERENCES_SHOWN_MAX])
    if done.found:
        raise CommandFailed(f"ledger and record differ in {done.found} places")


async def _reconciled(data: Path | None, settle_seconds: float) -> Reconciliation:
    from infra.postgres import open_pool  # noqa: PLC0415  (`--help` does without)
    from services.console.databases import databases  # noqa: PLC0415
    from services.console.reconciled import reconcile_logs  # noqa: PLC0415

    async with AsyncExitStack() as opened:
        urls = await opened.enter_async_context(databases(data))
        routing = urls.get("routing") or os.environ.get(ROUTING_DATABASE_URL)
        if routing is None:
            raise CommandFailed(f"{ROUTING_DATABASE_URL} does not say where routing's database is")
        pools = []
        for url in (routing, urls["case"]):
            pool = await open_pool(url, application_name="eender-reconcile", size_max=1)
            opened.push_async_callback(pool.close)
            pools.append(pool)
        first = await reconcile_logs(*pools)
        if not first.found:
            return first
        await asyncio.sleep(settle_seconds)
        again = await reconcile_logs(*pools)
        before = set(first.differences)
        again.differences = [each for each in again.differences if each in before]
        again.found = len(again.differences)
        return again
