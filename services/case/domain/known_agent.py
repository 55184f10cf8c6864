"""An agent as routing told us of them. Routing decides what agents are; here stands what was known of it, and when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.stored import SealingScope, Stream
from services.case.domain.known_agent_facts import AgentCard, AgentChanged, AgentIntroduced


class KnownAgent(Stream):
    """One agent, by the agent's id. `display_name` None: its key is gone."""

    TOPIC = "agent"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "agent.created.never"

    def __init__(self, card: AgentCard, display_name: str | None, email: str | None) -> None:
        self.card = card
        self.display_name = display_name
        self.email = email

    @classmethod
    def introduce(
        cls, *, agent_id: UUID, card: AgentCard, display_name: str, email: str | None, at: datetime
    ) -> KnownAgent:
        """Hear of somebody for the first time."""
        return cls._create(
            AgentIntroduced, id=agent_id, timestamp=at, card=card, display_name=display_name, email=email
        )

    def sealing(self) -> SealingScope:
        """Under the agent's own key: employees are people, too."""
        return SealingScope(self.id, self.id)

    def change(self, *, card: AgentCard, display_name: str, email: str | None, at: datetime) -> None:
        """Hear how they are now; the same again is no news."""
        if (card, display_name, email) != (self.card, self.display_name, self.email):
            self.trigger_event(AgentChanged, timestamp=at, card=card, display_name=display_name, email=email)

    def called(self) -> str:
        """What to call them: their name, else their reference."""
        return self.display_name or self.card.ref
