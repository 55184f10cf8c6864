"""The part of `Maker` about what the house wants: playbooks that fit a case, what was told in it, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.vocabulary import ContentState, DetailKind
from services.case.domain.told_details import Patterns, details_in, missing, told_by_handle
from services.case.graphql.contacting import Contacting
from services.case.graphql.enums import ReferenceKind
from services.case.graphql.types.playbooks import Detail, Playbook
from services.case.queries.playbooks import TOLD_LENGTH_MAX

if TYPE_CHECKING:
    from services.case.domain import playbooks
    from services.case.queries.rows import CaseRow, EntryRow


_READABLE = frozenset({ContentState.PRESENT, ContentState.NONE})


class Advising(Contacting):
    """What fields ask for that help with a case."""

    async def playbooks_of(self, row: CaseRow) -> list[Playbook]:
        """What the house wants in a case as it is now."""
        return [
            Playbook(
                situation=each.situation,
                answer=each.answer,
                tone=each.tone,
                action=each.action,
                template=each.template,
                needs=list(each.needs),
            )
            for each in await self._fitting(row)
        ]

    async def missing_of(self, row: CaseRow) -> list[DetailKind] | None:
        """What is needed in a case and not told yet; None where the viewer may not have its words opened."""
        if not self.opens:
            return None
        needed = [kind for each in await self._fitting(row) for kind in each.needs]
        return list(missing(needed, await self._known_in(row))) if needed else []

    async def recognised_in(self, row: EntryRow) -> list[Detail] | None:
        """What a contact's own words and fields tell by their form; None where they are not shown."""
        if not self.opens or row.text_state not in _READABLE:
            return None
        content = await self.content_of(row)
        filled = [each.value for each in content.filled() or []]
        said = "\n".join(part for part in (row.subject, *filled, content.visible_text) if part)
        return [Detail(kind=each.kind, value=each.value) for each in details_in(said, self._patterns)]

    @property
    def _patterns(self) -> Patterns:
        policy = self._context.deps.policy
        return Patterns(policy.guards.order_numbers, policy.region)

    async def _fitting(self, row: CaseRow) -> tuple[playbooks.Playbook, ...]:
        policy = self._context.deps.policy
        if not policy.playbooks.listed:
            return ()
        situation = await self.loaders.situations.load(row.case_id)
        return () if situation is None else policy.playbooks.fitting(situation)

    async def _known_in(self, row: CaseRow) -> list[DetailKind]:
        """What was told in the case, or is known of its customer."""
        told = await self.loaders.told.load(row.case_id) or []
        said = "\n".join(each.said for each in told)
        known = [detail.kind for detail in details_in(said, self._patterns, length_max=TOLD_LENGTH_MAX)]
        known += [DetailKind.ORDER for each in told if each.reference_kind == ReferenceKind.ORDER]
        return known + await self._told_by_addresses(row)

    async def _told_by_addresses(self, row: CaseRow) -> list[DetailKind]:
        """What the addresses tell by which the customer is known, under whichever record."""
        customer = await self.whole_row(row.customer_id)
        members = [] if customer is None else await self.members_of(customer)
        handles = [each for member in members for each in await self.loaders.handles.load(member) or []]
        return [kind for each in handles if (kind := told_by_handle(each.kind, each.value)) is not None]
