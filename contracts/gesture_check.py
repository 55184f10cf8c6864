"""What is wrong with bounds, payouts and bots of a configuration, beyond the form of single values."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.gesture_rules import Cap
from contracts.hosts import is_secure
from contracts.installation import Configuration
from contracts.money import to_minor
from contracts.vocabulary import AgentKind


def gesture_complaint(configuration: Configuration) -> tuple[str, str] | None:
    """The key at fault and the complaint; None: nothing is wrong."""
    return next(_complaints(configuration), None)


def _complaints(configuration: Configuration) -> Iterator[tuple[str, str]]:
    yield from of_caps("gestures.case_caps", configuration.gestures.case_caps)
    if configuration.payouts is not None and not is_secure(configuration.payouts.url):
        yield "payouts.url", "expected an https:// URL"
    yield from _of_bots(configuration)


def of_caps(name: str, caps: tuple[Cap, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong with bounds under that key: amounts that are none, two in one currency."""
    seen = set()
    for index, cap in enumerate(caps):
        try:
            to_minor(cap.amount, cap.currency)
        except ValueError as error:
            yield f"{name}[{index}].{'currency' if 'currency' in str(error) else 'amount'}", str(error)
        if cap.currency in seen:
            yield f"{name}[{index}].currency", f"a second bound in {cap.currency}: which one would hold?"
        seen.add(cap.currency)


def _of_bots(configuration: Configuration) -> Iterator[tuple[str, str]]:
    seen = set()
    for index, agent in enumerate(configuration.agents):
        key = f"agents[{index}].principal"
        if (agent.kind is AgentKind.BOT) is (agent.principal is None):
            yield key, "a bot has one, the subject of its integration's token, and nobody else has"
        if agent.principal is not None and agent.principal in seen:
            yield key, f"{agent.principal!r} acts as another bot already"
        seen.add(agent.principal)
