"""Which of the house's playbooks fit a case as it is now. Pure: the same for the same, always."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from contracts.configuration import Configuration
from contracts.playbooks import PlaybookRule
from contracts.vocabulary import Channel, DetailKind, Priority, TriageClass, Visibility

PLAYBOOKS_OF_CASE_MAX = 5
"""So many of those that fit are shown: more would be read by nobody."""


class Situation(msgspec.Struct, frozen=True):
    """A case, as far as playbooks look at it.

    `channel`, `visibility`: of what the customer said last; None: nothing yet.
    `found`: what triage saw in any of the customer's contacts. `in_incident`: in one that is open. `causes`: of its
    incident, and of its resolution.
    """

    brand: str | None = None
    priority: Priority = Priority.NORMAL
    tags: tuple[str, ...] = ()
    channel: Channel | None = None
    visibility: Visibility | None = None
    found: tuple[TriageClass, ...] = ()
    in_incident: bool = False
    causes: tuple[str, ...] = ()


class Playbook(msgspec.Struct, frozen=True, omit_defaults=True):
    """A playbook in the words that are stored and sent. Of each list of conditions one must hold; an empty one does."""

    situation: str
    answer: str | None = None
    tone: str | None = None
    action: str | None = None
    template: str | None = None
    needs: tuple[DetailKind, ...] = ()
    brand: str | None = None
    channels: tuple[Channel, ...] = ()
    visibility: Visibility | None = None
    found: tuple[TriageClass, ...] = ()
    tags: tuple[str, ...] = ()
    priorities: tuple[Priority, ...] = ()
    incident: bool | None = None
    causes: tuple[str, ...] = ()

    @classmethod
    def of(cls, rule: PlaybookRule) -> Playbook:
        """What the configuration says."""
        return cls(
            situation=rule.situation,
            answer=rule.answer,
            tone=rule.tone,
            action=rule.action,
            template=rule.template,
            needs=rule.needed,
            brand=rule.brand,
            channels=rule.of_channels,
            visibility=rule.visibility,
            found=rule.found,
            tags=rule.tags,
            priorities=rule.priorities,
            incident=rule.incident,
            causes=rule.causes,
        )

    def fits(self, case: Situation) -> bool:
        """Whether all that it names holds."""
        return (
            (self.brand is None or self.brand == case.brand)
            and (self.visibility is None or self.visibility is case.visibility)
            and (self.incident is None or self.incident is case.in_incident)
            and (not self.channels or case.channel in self.channels)
            and (not self.priorities or case.priority in self.priorities)
            and (not self.found or not {*self.found}.isdisjoint(case.found))
            and (not self.tags or not {*self.tags}.isdisjoint(case.tags))
            and (not self.causes or not {*self.causes}.isdisjoint(case.causes))
        )


class Playbooks(msgspec.Struct, frozen=True):
    """Those of an installation, in the order of its file. `written`: the same as JSON, for a statement to look at."""

    listed: tuple[Playbook, ...] = ()
    written: str = "[]"

    @classmethod
    def of(cls, configuration: Configuration) -> Playbooks:
        """Those of a configuration."""
        return cls.listing([Playbook.of(rule) for rule in configuration.playbooks])

    @classmethod
    def listing(cls, playbooks: Sequence[Playbook]) -> Playbooks:
        """These."""
        return cls(tuple(playbooks), msgspec.json.encode(playbooks).decode())

    def fitting(self, case: Situation) -> tuple[Playbook, ...]:
        """The first that fit, at most `PLAYBOOKS_OF_CASE_MAX`."""
        return tuple(each for each in self.listed if each.fits(case))[:PLAYBOOKS_OF_CASE_MAX]

    def __repr__(self) -> str:
        return f"Playbooks({len(self.listed)})"
