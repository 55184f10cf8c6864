"""What a case went through besides its contacts, as far as its clocks depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from contracts.vocabulary import Direction, ResolutionOutcome, WaitingFor
from services.case.domain.case_contact import CaseContact


class Turn(StrEnum):
    """What happened. REOPENED: the customer came back; NOT_RESOLVED: it turned out that it had not been resolved."""

    WAITED = "WAITED"
    WENT_ON = "WENT_ON"
    RESOLVED = "RESOLVED"
    REOPENED = "REOPENED"
    NOT_RESOLVED = "NOT_RESOLVED"
    TAKEN_BACK = "TAKEN_BACK"
    CLOSED_TO_WORDS = "CLOSED_TO_WORDS"


class Step(msgspec.Struct, frozen=True):
    """One of them. `waiting_for` of WAITED, `outcome` of RESOLVED, `contact_id` of TAKEN_BACK.

    `contact_id` of NOT_RESOLVED: our answer that was to resolve it and never arrived; None: a person says so.
    """

    turn: Turn
    at: datetime
    waiting_for: WaitingFor | None = None
    outcome: ResolutionOutcome | None = None
    contact_id: UUID | None = None


def reopening(contact_id: UUID | None, contacts: Mapping[UUID, CaseContact], at: datetime) -> Step:
    """By a contact of the customer's, by an answer of ours that never arrived, or, where there is none, by a person."""
    contact = None if contact_id is None else contacts.get(contact_id)
    ours = contact is not None and contact.direction is Direction.OUTBOUND
    turn = Turn.NOT_RESOLVED if ours or contact_id is None else Turn.REOPENED
    return Step(turn, at, contact_id=contact_id if ours else None)
