"""From ids and rows to the types of one operation: look up, check what the viewer may see, map."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from contracts.vocabulary import ActorKind, BudgetOwnerKind, id_of
from services.case.domain.permissions import Permission
from services.case.graphql import entry_mapping, ids, mapping
from services.case.graphql.ids import IdType
from services.case.graphql.knowing import Knowing
from services.case.graphql.shown_once import known_once
from services.case.graphql.types.interfaces import Actor
from services.case.graphql.types.people import Integration, StaffMember, System
from services.case.queries import people

if TYPE_CHECKING:
    from services.case.graphql.types.cases import Case
    from services.case.graphql.types.clocks import Clock
    from services.case.graphql.types.customers import Customer, Handle
    from services.case.graphql.types.entries import Assignment, Candidate, Commitment, Contact, Gesture, Note
    from services.case.graphql.types.interfaces import TimelineEntry
    from services.case.graphql.types.people import Agent, Brand, Budget, ChannelAccount, Team
    from services.case.queries.rows import AgentRow, BudgetRow, CaseRow, CustomerRow, EntryRow


class MissingError(Exception):
    """Something that must exist is not in the read tables: a fault of ours."""


class Maker(Knowing):
    """Makes the types that one operation's fields ask for. Its lists are in `lists`, what is erased in `forgetting`."""

    async def agent_by_id(self, agent_id: UUID | None) -> Agent | None:
        """The agent, or None."""
        row = None if agent_id is None else await self.loaders.agents.load(agent_id)
        return None if row is None else mapping.agent(row)

    async def agent_by_ref(self, ref: str) -> Agent | None:
        """The agent with this reference, or None."""
        row = await people.agent_by_ref(self.database, ref)
        return None if row is None else mapping.agent(row)

    async def known_agent(self, agent_id: UUID | None) -> Agent:
        """The agent, who exists."""
        found = await self.agent_by_id(agent_id)
        if found is None:
            raise MissingError("agent")
        return found

    async def team_by_ref(self, ref: str | None) -> Team | None:
        """The team, or None."""
        row = None if ref is None else await self.loaders.teams.load(ref)
        return None if row is None else mapping.team(row)

    async def brand_by_ref(self, ref: str | None) -> Brand | None:
        """The brand, or None."""
        row = None if ref is None else await self.loaders.brands.load(ref)
        return None if row is None else mapping.brand(row)

    async def account_of(self, row: EntryRow) -> ChannelAccount | None:
        """Our account by which a contact came or went, or None."""
        if row.account is None or row.channel is None:
            return None
        found = await self.loaders.accounts.load((row.channel, row.account))
        return None if found is None else mapping.account(found)

    async def budget_owner(self, row: BudgetRow) -> Agent | Team:
        """Whose budget it is."""
        if row.owner_kind is BudgetOwnerKind.AGENT:
            return await self.known_agent(row.owner_id)
        team = await self.loaders.teams_by_id.load(row.owner_id)
        if team is None:
            raise MissingError("team")
        return mapping.team(team)

    async def budgets_of_agent(self, row: AgentRow) -> list[Budget]:
        """An agent's budgets of now.

        Raises:
            QueryRefusedError: FORBIDDEN, somebody else's.
        """
        if row.ref != self.principal.subject:
            self.principal.require(Permission.READ_APPROVALS)
        return [mapping.budget(found) for found in await self.loaders.budgets.load(row.agent_id) or []]

    async def charged_budget(self, row: EntryRow) -> Budget | None:
        """The budget that pays for a gesture, or None where the viewer may not see it."""
        found = None if row.budget_id is None else await self.loaders.budgets_by_id.load(row.budget_id)
        return None if found is None else await self.visible_budget(found)

    async def visible_budget(self, found: BudgetRow) -> Budget | None:
        """The budget, or None where it is somebody else's and the viewer may only see the own one."""
        if not self.principal.may(Permission.READ_APPROVALS):
            owner = await self.loaders.agents.load(found.owner_id)
            if owner is None or owner.ref != self.principal.subject:
                return None
        return mapping.budget(found)

    async def actor(self, kind: ActorKind, ref: str) -> Actor:
        """Who did something."""
        if kind is ActorKind.CUSTOMER:
            return await self.whole_customer(UUID(ref)) or await self.known_customer(UUID(ref))
        if kind is ActorKind.INTEGRATION:
            return Integration(id=ids.encode(IdType.INTEGRATION, ref), display_name=ref, ref=ref)
        if kind is ActorKind.SYSTEM:
            return System(id=ids.encode(IdType.SYSTEM, ref), display_name=f"Eender ({ref})", name=ref)
        if kind is ActorKind.AGENT:
            found = await self.agent_by_id(_agent_id(ref))
            if found is not None:
                return found
        member = await self.loaders.staff.load(ref)
        if member is not None:
            return mapping.staff_member(member)
        return StaffMember(id=ids.encode(IdType.STAFF, ref), display_name=ref, ref=ref, roles=[])

    async def resolver_of(self, row: CaseRow) -> Actor:
        """Who resolved a case."""
        return await self.actor(row.resolved_by_kind or ActorKind.SYSTEM, row.resolved_by_ref or "case")

    async def customer_by_id(self, customer_id: UUID | None) -> Customer | None:
        """The customer, or None."""
        row = None if customer_id is None else await self.loaders.customers.load(customer_id)
        if row is None:
            return None
        self.accessed.customer(row.customer_id)
        return mapping.customer(row, opens=self.opens)

    async def customer_of(self, row: CaseRow) -> Customer:
        """Whose case it is, as whom they are shown."""
        return await self.whole_customer(row.customer_id) or await self.known_customer(row.customer_id)

    async def known_customer(self, customer_id: UUID) -> Customer:
        """The customer, who exists."""
        found = await self.customer_by_id(customer_id)
        if found is None:
            raise MissingError("customer")
        return found

    async def handles_of(self, row: CustomerRow) -> list[Handle]:
        """A customer's handles."""
        found = [await self.loaders.handles.load(member) or [] for member in await self.shown_members(row)]
        return [mapping.handle(each, opens=self.opens) for each in known_once(chain(*found))]

    async def handle_by_id(self, handle_id: UUID | None) -> Handle | None:
        """The handle, or None."""
        row = None if handle_id is None else await self.loaders.handles_by_id.load(handle_id)
        if row is None:
            return None
        self.accessed.customer(row.customer_id)
        return mapping.handle(row, opens=self.opens)

    async def case_by_id(self, case_id: UUID | None) -> Case | None:
        """The case, or None."""
        row = None if case_id is None else await self.loaders.cases.load(case_id)
        return None if row is None else self.seen_case(row)

    async def known_case(self, case_id: UUID) -> Case:
        """The case, which exists."""
        found = await self.case_by_id(case_id)
        if found is None:
            raise MissingError("case")
        return found

    async def entry_by_id(self, entry_id: UUID | None) -> TimelineEntry | None:
        """The timeline entry, or None where there is none, or none that the desk shows."""
        row = None if entry_id is None else await self._seen_entry(entry_id)
        return entry_mapping.entry(row, opens=self.opens) if row and row.kind in entry_mapping.ENTRY_TYPES else None

    async def contact_by_id(self, contact_id: UUID | None) -> Contact | None:
        """The contact, or None."""
        row = None if contact_id is None else await self._seen_entry(contact_id)
        return entry_mapping.contact(row, opens=self.opens) if row and row.kind == "CONTACT" else None

    async def note_by_id(self, note_id: UUID) -> Note | None:
        """The note, or None."""
        row = await self._seen_entry(note_id)
        return entry_mapping.note(row, opens=self.opens) if row and row.kind == "NOTE" else None

    async def gesture_by_id(self, gesture_id: UUID) -> Gesture | None:
        """The gesture, or None."""
        row = await self._seen_entry(gesture_id)
        return entry_mapping.gesture(row, opens=self.opens) if row and row.kind == "GESTURE" else None

    async def assignment_by_id(self, decision_id: UUID) -> Assignment | None:
        """The assignment, or None."""
        row = await self._seen_entry(decision_id)
        return entry_mapping.assignment(row, opens=self.opens) if row and row.kind == "ASSIGNMENT" else None

    async def known_assignment(self, decision_id: UUID) -> Assignment:
        """The assignment, which exists."""
        found = await self.assignment_by_id(decision_id)
        if found is None:
            raise MissingError("assignment")
        return found

    async def commitment_by_id(self, commitment_id: UUID) -> Commitment | None:
        """The promise, or None."""
        row = await self._seen_entry(commitment_id)
        return entry_mapping.commitment(row, opens=self.opens) if row and row.kind == "COMMITMENT" else None

    async def clocks_of(self, row: CaseRow) -> list[Clock]:
        """How a case's clocks stand."""
        return [mapping.clock(found) for found in await self.loaders.clocks.load(row.case_id) or []]

    async def viewers_of(self, case_id: UUID) -> list[Agent]:
        """Who looks at a case now."""
        found = await self.loaders.viewers.load(case_id) or []
        return [await self.known_agent(agent_id) for agent_id in found]

    async def _seen_entry(self, entry_id: UUID) -> EntryRow | None:
        row = await self.loaders.entries.load(entry_id)
        if row is not None:
            self.accessed.entry(row)
        return row

    async def candidates_of(self, row: EntryRow, first: int | None) -> list[Candidate]:
        """Who was looked at: all of them, or for an agent the chosen one and the own row."""
        found = row.candidate_rows()
        if not self.principal.may(Permission.READ_ALL_CANDIDATES):
            own = _agent_id(self.principal.subject)
            found = [each for each in found if each.rejected is None or each.agent_id == own]
        return [entry_mapping.candidate(each) for each in found[: self.size(first)]]


def _agent_id(ref: str) -> UUID:
    return id_of("agent", ref)
