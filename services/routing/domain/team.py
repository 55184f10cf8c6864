"""A team: agents under one lead, with budgets for what the lead approves."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.stored import Stream
from contracts.vocabulary import BudgetOwnerKind, id_of
from services.routing.domain.grant import Grant, Owner, checked_grants
from services.routing.domain.team_facts import TeamCard, TeamFounded, TeamRevised


def team_id(ref: str) -> UUID:
    """The id of the team of that ref."""
    return id_of("team", ref)


class Team(Stream):
    """A team by its ref."""

    TOPIC: ClassVar[str] = "routing.team"

    class Created(Stream.Created):
        """Never raised: it begins with TeamFounded."""

        TOPIC: ClassVar[str] = "routing.team.created.never"

    def __init__(self, card: TeamCard) -> None:
        self.card = card

    @property
    def owner(self) -> Owner:
        """The team as the owner of budgets."""
        return Owner(kind=BudgetOwnerKind.TEAM, ref=self.card.ref)

    @classmethod
    def found(cls, *, ref: str, name: str, grants: tuple[Grant, ...], at: datetime) -> Team:
        """Begin a team.

        Raises:
            Refusal: INVALID_INPUT at `budgets`.
        """
        card = TeamCard(ref=ref, name=name, grants=checked_grants(grants))
        return cls._create(TeamFounded, id=team_id(ref), timestamp=at, card=card)

    def revise(self, *, name: str | None = None, grants: tuple[Grant, ...] | None = None, at: datetime) -> None:
        """Set name or budgets; None stays.

        Raises:
            Refusal: INVALID_INPUT at `budgets`.
        """
        card = TeamCard(
            ref=self.card.ref,
            name=self.card.name if name is None else name,
            grants=self.card.grants if grants is None else checked_grants(grants),
        )
        if card != self.card:
            self.trigger_event(TeamRevised, timestamp=at, card=card)
