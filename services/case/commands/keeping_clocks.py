"""A record that keeps the clocks of every case right: whatever a command stores of a case, its clocks follow with it.

So no command has to think of clocks, and none can forget them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from contracts.stored import CommandContext, Committed, Record, Stream, Work
from contracts.targets import Matter, ServiceLevels, Terms
from contracts.vocabulary import Channel, ClockKind
from services.case.domain import case_facts, clock_facts, commitment_facts, contact_facts, handling_facts
from services.case.domain.case import Case
from services.case.domain.case_clocks import CaseClocks, clocks_id
from services.case.domain.clocks import Happened, clocks_of
from services.case.ports import Directory

MOVING = (
    case_facts.Assigned,
    case_facts.ContentErased,
    case_facts.Reopened,
    case_facts.Resolved,
    case_facts.Resumed,
    case_facts.Waiting,
    clock_facts.ClockMissed,
    commitment_facts.CommitmentBroken,
    commitment_facts.CommitmentKept,
    commitment_facts.CommitmentMade,
    commitment_facts.CommitmentWithdrawn,
    contact_facts.ContactAttached,
    contact_facts.ContactDetached,
    contact_facts.ContactRemoved,
    contact_facts.DeliveryUpdated,
    contact_facts.ReplyRequested,
    handling_facts.PrioritySet,
)
"""The facts by which clocks are worked out, or their targets found."""
CLOCKS_KEPT_MAX = 2_048

A = TypeVar("A", bound=Stream)


class ClockedRecord:
    """Implements `contracts.stored.Record` on another one.

    The clocks of the last CLOCKS_KEPT_MAX cases are at hand, each as of a version of its case: nobody writes clocks but
    with their case, so whoever writes to the case at that version, which storing expects, need not load them.
    """

    def __init__(self, record: Record, directory: Directory, levels: ServiceLevels) -> None:
        self._record = record
        self._directory = directory
        self._levels = levels
        self._kept: OrderedDict[UUID, tuple[int, CaseClocks | None]] = OrderedDict()

    async def load(self, kind: type[A], stream_id: UUID) -> A | None:
        """The aggregate as it is now, or None where the stream does not exist."""
        return await self._record.load(kind, stream_id)

    async def transact(
        self,
        context: CommandContext,
        decide: Callable[[], Awaitable[Work]],
        *,
        serialise_on: Sequence[UUID] = (),
        beside_others_on: Sequence[UUID] = (),
    ) -> Committed:
        """Run `decide` and store its work with the clocks that follow; see `contracts.stored.Record`."""
        moved: list[tuple[UUID, int, CaseClocks]] = []

        async def decide_all() -> Work:
            work = await decide()
            moved[:] = [
                (stream.id, stream.version, await self._clocks(stream, context.at))
                for stream in work.streams
                if isinstance(stream, Case) and any(isinstance(fact, MOVING) for fact in stream.pending_events)
            ]
            news = [clocks for _, _, clocks in moved if clocks.pending_events]
            return Work(streams=(*work.streams, *news), rows=work.rows, outcome=work.outcome) if news else work

        committed = await self._record.transact(
            context, decide_all, serialise_on=serialise_on, beside_others_on=beside_others_on
        )
        for case_id, version, clocks in () if committed.repeated else moved:
            self._kept[case_id] = version, clocks
        while len(self._kept) > CLOCKS_KEPT_MAX:
            self._kept.popitem(last=False)
        return committed

    async def _clocks(self, case: Case, at: datetime) -> CaseClocks:
        """The case's clocks with what is new about them."""
        before = case.version - len(case.pending_events)
        version, clocks = self._kept.pop(case.id, (0, None))
        if version != before:  # nothing is at hand, or it is of another version; a new case has none
            clocks = await self._record.load(CaseClocks, clocks_id(case.id))
        clocks = clocks or CaseClocks.begin(case_id=case.id, at=at)
        team = await self._team(case, clocks.team)
        found = clocks_of(
            Happened(case.id, case.contacts.values(), case.course, case.commitments.values()),
            terms_of=self._terms_of(case, team),
            former=clocks.clocks,
            now=at,
        )
        clocks.set(found, team=team, at=at)
        return clocks

    async def _team(self, case: Case, before: str | None) -> str | None:
        """Whose work the case is, as its row says; one that nobody can take stays with the team it had."""
        if case.last_decision is not None and case.last_decision.team_ref is not None:
            return case.last_decision.team_ref
        found = None if case.assignee_id is None else await self._directory.team_of_agent(case.assignee_id)
        return found or before

    def _terms_of(self, case: Case, team: str | None) -> Callable[[ClockKind, Channel], Terms | None]:
        def terms_of(kind: ClockKind, channel: Channel) -> Terms | None:
            matter = Matter(channel=channel, priority=case.priority, team=team, brand=case.brand)
            return self._levels.terms(kind, matter)

        return terms_of
