"""The commands and where they are; a command's file is imported when it is asked for."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from cyclopts import App


def _version() -> str:
    try:
        return version("eender")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "0"


def make_app() -> App:
    """The command line, with nothing but names in it yet."""
    app = App(
        name="eender",
        help="Case management for customer service: the customer picks the channel, the agent stays the same.",
        version=_version,
    )
    app.command("services.console.up:up", name="up", help="Run everything on this machine: Postgres, NATS, services.")
    app.command("services.console.serve:serve", name="serve", help="Run one service against databases given by URL.")
    app.command("services.console.issue_token:token", name="token", help="Issue a token for a person or a machine.")
    app.command("services.console.say:say", name="say", help="Play a customer: post a real, signed webhook.")
    app.command("services.console.rebuild:rebuild", name="rebuild", help="Make read tables anew from the log.")
    app.command("services.console.reparse:reparse", name="reparse", help="Read kept payloads by today's parsers.")
    app.command("services.console.import_lines:import_lines", name="import", help="Take postings in from a file.")
    app.command("services.console.export:export", name="export", help="Take a case's history along, with its proof.")
    app.command("services.console.verify:verify", name="verify", help="Check that nothing recorded was altered.")
    app.command("services.console.replay:replay", name="replay", help="Show a case as it was, step by step.")
    app.command("services.console.reconcile:reconcile", name="reconcile", help="Compare the ledger with what was paid.")
    app.command("services.console.report:report", name="report", help="Print figures by reason, channel, cause, team.")
    app.command("services.console.simulate:simulate", name="simulate", help="Try the routing policy on made-up weeks.")
    app.command(
        "services.console.bench:bench", name="bench", help="Measure one part, with its limit; in a checkout only."
    )
    return app
