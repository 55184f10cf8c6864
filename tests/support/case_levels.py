"""Targets for tests of clocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts.targets import Matter, ServiceLevels, Terms
from contracts.vocabulary import Channel, ClockKind


def terms_by(levels: ServiceLevels, **matter: Any) -> Callable[[ClockKind, Channel], Terms | None]:
    """What is agreed for a clock of a case of that kind."""
    return lambda kind, channel: levels.terms(kind, Matter(channel=channel, **matter))
