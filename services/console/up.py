"""`eender up`: everything on this machine."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter, validators

from contracts.configuration import ConfigurationError
from infra.configuration_file import read_configuration
from infra.embedded.child import EmbeddedError
from infra.embedded.folder import locked_folder
from infra.embedded.ports import port_is_free
from infra.settings import CONFIG
from services.console.demo_folder import being_filled, demo_configuration, prepare
from services.console.failure import CommandFailed, CommandMisused
from services.console.run_file import DATA_DEFAULT, RunFile
from services.console.stack import SERVICES, Stack

PORT_MAX = 65_535 - len(SERVICES) + 1
SEED_DEFAULT = 1
PORT_WAIT_S_MAX = 2.0
"""The services of a stack that was killed may hold their ports for a moment."""

Port = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=PORT_MAX))]


def up(
    *,
    port: Port = 8000,
    data: Path = DATA_DEFAULT,
    config: Path | None = None,
    demo: Annotated[bool, Parameter(negative=())] = False,
    seed: Annotated[int | None, Parameter(validator=validators.Number(gte=0))] = None,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Run Postgres, NATS and the three services until Ctrl-C or SIGTERM.

    Args:
        port: GraphQL; webhooks on the next port, routing's health on the one after.
        data: Where everything is kept.
        config: The configuration file (TOML); without one everything has its default. Else EENDER_CONFIG.
        demo: Fill an empty folder with four small believable shops, and print a token per role.
        seed: Which shops --demo makes: the same for the same number, from 0 on; else 1.
        json: Say where everything is as one line of JSON.
    """
    if seed is not None and not demo:
        raise CommandMisused("--seed goes with --demo")
    config = _checked_configuration(config)
    try:
        with locked_folder(data) as folder:
            being_filled(folder).unlink(missing_ok=True)
            if demo:
                prepare(folder, SEED_DEFAULT if seed is None else seed)
                being_filled(folder).touch()
            if config is None and demo_configuration(folder).exists():
                config = _checked_configuration(demo_configuration(folder))
            stack = Stack(folder, port=port, config=config, say=_say)
            asyncio.run(_run(stack, port, partial(_fill, folder) if demo else _no_tokens, as_json=json))
    except EmbeddedError as error:
        raise CommandFailed(str(error)) from error


def _checked_configuration(config: Path | None) -> Path | None:
    """The configuration file's absolute path, once what it says was found usable.

    Raises:
        CommandFailed: it is not.
    """
    path = config or (Path(os.environ[CONFIG]) if os.environ.get(CONFIG) else None)
    try:
        read_configuration(path, os.environ)
    except ConfigurationError as error:
        raise CommandFailed(str(error)) from error
    return None if path is None else path.absolute()


async def _fill(folder: Path, run: RunFile) -> dict[str, str]:
    """Fill the demo's shop; a token per role."""
    from services.console.demo import fill  # noqa: PLC0415  (a start without a demo does without it)

    tokens = await fill(folder, run)
    being_filled(folder).unlink(missing_ok=True)
    return tokens


async def _no_tokens(_run: RunFile) -> dict[str, str]:
    """Without a demo nothing is filled in and nobody is given a token."""
    return {}


async def _run(
    stack: Stack, port: int, prepare_run: Callable[[RunFile], Awaitable[dict[str, str]]], *, as_json: bool
) -> None:
    """Start, fill in what is to be there, say so, wait for the wish to stop, stop."""
    wish = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, wish.set)
    await _ports_are_free(port, wish)
    stopping = asyncio.create_task(wish.wait())
    starting = asyncio.create_task(_start(stack, prepare_run))
    try:
        await asyncio.wait({stopping, starting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            _announce(*starting.result(), as_json=as_json)
            await stopping
    finally:
        for task in (starting, stopping):
            task.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
        await stack.stop()


async def _start(
    stack: Stack, prepare_run: Callable[[RunFile], Awaitable[dict[str, str]]]
) -> tuple[RunFile, dict[str, str]]:
    """Start everything; where it is, and the tokens there are to tell."""
    tokens = await prepare_run(await stack.start())
    return stack.tell(), tokens


async def _ports_are_free(port: int, wish: asyncio.Event) -> None:
    """Wait a moment for our ports.

    Raises:
        CommandFailed: somebody else has one.
    """
    deadline = asyncio.get_running_loop().time() + PORT_WAIT_S_MAX
    while taken := [each for each in range(port, port + len(SERVICES)) if not port_is_free(each)]:
        if wish.is_set() or asyncio.get_running_loop().time() > deadline:
            raise CommandFailed(f"port {taken[0]} is in use: choose another with --port")
        await asyncio.sleep(0.1)


def _announce(run: RunFile, tokens: dict[str, str], *, as_json: bool) -> None:
    """Say that everything is ready and where, and the demo's tokens; no other secret."""
    if as_json:
        shown = {"ready": True, "graphql": run.graphql, "webhooks": run.webhooks, "routing": run.routing}
        shown |= {"tokens": tokens} if tokens else {}
        sys.stdout.write(msgspec.json.encode(shown).decode() + "\n")
    else:
        for role, token in tokens.items():
            sys.stdout.write(f"token {role} {token}\n")
        sys.stdout.write(f"ready graphql={run.graphql} webhooks={run.webhooks} routing={run.routing}\n")
    sys.stdout.flush()


def _say(text: str) -> None:
    sys.stderr.write(text.rstrip() + "\n")
    sys.stderr.flush()
