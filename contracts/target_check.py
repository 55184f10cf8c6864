"""What is wrong with the targets of a configuration, beyond the form of single values."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.installation import Configuration
from contracts.targets import TARGETS_COUNT_MAX


def target_complaint(configuration: Configuration) -> tuple[str, str] | None:
    """The key at fault and the complaint; None: nothing is wrong."""
    return next(_complaints(configuration), None)


def _complaints(configuration: Configuration) -> Iterator[tuple[str, str]]:
    if len(configuration.targets) > TARGETS_COUNT_MAX:
        yield "targets", f"expected at most {TARGETS_COUNT_MAX}"
    teams = {team.ref for team in configuration.teams}
    brands = {brand.ref for brand in configuration.brands}
    seen: dict[tuple[str | None, ...], int] = {}
    for index, target in enumerate(configuration.targets):
        key = f"targets[{index}]"
        if target.team is not None and target.team not in teams:
            yield f"{key}.team", f"there is no team {target.team!r}"
        if target.brand is not None and target.brand not in brands:
            yield f"{key}.brand", f"there is no brand {target.brand!r}"
        if target.channel_path is not None and target.channel is None:
            yield f"{key}.channel", "expected a channel such as email"
        if target.criteria in seen:
            yield key, f"targets[{seen[target.criteria]}] is for the same team, brand, channel and priority"
        seen[target.criteria] = index
