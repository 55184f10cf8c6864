"""What is known of teams. Each fact carries the whole card after it, so that it can be shown as is."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from contracts.stored import Fact, FirstFact
from services.routing.domain.grant import Grant

if TYPE_CHECKING:
    from services.routing.domain.team import Team


class TeamCard(msgspec.Struct, frozen=True):
    """A team at one moment. `grants`: pay for what a lead approves."""

    ref: str
    name: str
    grants: tuple[Grant, ...] = ()


class TeamFounded(FirstFact):
    """A team exists from now on."""

    TOPIC: ClassVar[str] = "routing.team-founded.v1"
    card: TeamCard


class TeamRevised(Fact):
    """A team's name or budgets were set anew; one that left the configuration keeps its name and loses its budgets."""

    TOPIC: ClassVar[str] = "routing.team-revised.v1"
    card: TeamCard

    def apply(self, aggregate: Team) -> None:
        """Take over the card."""
        aggregate.card = self.card
