"""A replayed case in the terminal. Whatever customers wrote is shown as text: no markup, no control characters."""

from __future__ import annotations

from typing import IO

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from services.case.queries.steps import Change, Step, Why
from services.console.replayed import Replayed, Stood

INDENT = (0, 0, 0, 4)
NOT_SHOWN = "not shown without --purpose"


def draw(shown: Replayed, out: IO[str]) -> None:
    """Write it all."""
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    console.print(Rule(Text(f"case {shown.number}", style="bold")))
    for step in shown.steps:
        _draw_step(console, step)
    _draw_end(console, shown.stood, opened=shown.purpose is not None)


def plain(text: str) -> str:
    """A text without what a terminal would take for orders."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)


def _draw_step(console: Console, step: Step) -> None:
    head = Text(f"{step.version:>3}  ", style="bold")
    head.append(step.type, style="cyan")
    head.append(f"  {step.recorded_at:%Y-%m-%d %H:%M:%S} UTC  position {step.position}", style="dim")
    head.append(f"  by {step.actor.kind.value.lower()} {plain(step.actor.ref)}")
    if step.on_behalf_of is not None:
        head.append(f" for {plain(step.on_behalf_of.ref)}")
    console.print(head, soft_wrap=True)
    for change in step.changes:
        console.print(Padding(_change(change), INDENT))
    if step.words is not None:
        console.print(Padding(Text(f"“{plain(step.words)}”", style="italic"), INDENT))
    if step.assignment is not None:
        _draw_why(console, step.assignment)


def _change(change: Change) -> Text:
    line = Text(f"{change.what}: ")
    if change.before is not None:
        line.append(plain(change.before), style="red strike")
        line.append(" → ")
    line.append("nothing" if change.after is None else plain(change.after), style="green")
    return line


def _draw_why(console: Console, why: Why) -> None:
    who = why.agent or "nobody"
    tier = "" if why.tier is None else f", tier {why.tier.value}"
    said = Text(f"given to {plain(who)} because {why.reason.value}{tier} (policy {why.policy_version})", style="bold")
    console.print(Padding(said, INDENT))
    if why.candidates:
        table = Table("candidate", "tier", "could begin", "", box=None, padding=(0, 2, 0, 0))
        for each in why.candidates:
            verdict = "chosen" if each.rejected is None else each.rejected.value
            eta = "" if each.eta is None else f"{each.eta:%Y-%m-%d %H:%M} UTC"
            table.add_row(Text(plain(each.name)), "" if each.tier is None else each.tier.value, eta, verdict)
        console.print(Padding(table, INDENT))
    for reason, count in sorted(why.rejections.items()):
        console.print(Padding(Text(f"and {count} more: {reason}"), INDENT))


def _draw_end(console: Console, stood: Stood, *, opened: bool) -> None:
    console.print(Rule(Text(f"as known at position {stood.position}, {stood.at:%Y-%m-%d %H:%M:%S} UTC")))
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_row("status", stood.status.value)
    table.add_row("subject", Text(plain(stood.subject or "none")) if opened else NOT_SHOWN)
    table.add_row("assignee", Text(plain(stood.assignee or "nobody")))
    table.add_row("customer", Text(plain(stood.customer)))
    for handle in stood.handles:
        table.add_row("", Text(f"{handle.kind} {plain(handle.value or handle.masked or NOT_SHOWN)}"))
    for purse in stood.assignee_budgets:
        left = f"{purse.available} of {purse.granted} {purse.currency} left"
        table.add_row("budget", f"{left} this {purse.period.lower()}, {purse.reserved} held, {purse.spent} spent")
    console.print(table)
