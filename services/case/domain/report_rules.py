"""What reports count with: cost of a contact by channel, parts of the house by cause, and how small a group may be."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from contracts.configuration import Configuration


class ReportKind(StrEnum):
    """What can be reported. Each is told by groups of agents, never by one."""

    EFFECT = "EFFECT"
    LOUDNESS = "LOUDNESS"
    CHANNELS = "CHANNELS"
    CAUSES = "CAUSES"
    QUALITY = "QUALITY"
    INCIDENTS = "INCIDENTS"
    CLASSES = "CLASSES"
    PACE = "PACE"
    TRENDS = "TRENDS"
    PUBLICATIONS = "PUBLICATIONS"


class ReportRules(msgspec.Struct, frozen=True):
    """`contact_cost_minor`: by channel, in `currency`. `areas`: the part of the house a cause lies in, by its code."""

    group_size_min: int = 5
    currency: str = "EUR"
    contact_cost_minor: Mapping[str, int] = {}
    areas: Mapping[str, str] = {}

    @classmethod
    def of(cls, configuration: Configuration) -> ReportRules:
        """The rules of a configuration."""
        return cls(
            group_size_min=configuration.staff_privacy.group_size_min,
            currency=configuration.reports.currency,
            contact_cost_minor=configuration.reports.contact_cost_minor(),
            areas={cause.code: cause.area for cause in configuration.causes},
        )
