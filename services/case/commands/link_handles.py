"""A platform says that two addresses are one person's: a number was changed, for instance."""

from __future__ import annotations

import msgspec

from contracts.content import AliasContent
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import HandleAssurance
from services.case.commands.placing import with_facts
from services.case.domain.customer import Customer
from services.case.domain.handles import claims_of
from services.case.domain.identity import is_assured
from services.case.domain.policy import CasePolicy
from services.case.ports import Directory


class LinkHandles(msgspec.Struct, frozen=True):
    """The old address and the new one."""

    alias: AliasContent


async def link_handles(
    command: LinkHandles, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Give the new handle to whoever holds the old one for sure; where somebody holds the new one, nothing happens.

    Two customers behind one person are a matter for a merge, which a person decides. Outcome: empty.
    """
    claims = claims_of((command.alias.old, command.alias.new), policy.region)

    async def decide() -> Work:
        holdings = await directory.holders(tuple(claim.key for claim in claims))
        assured = [held for held in holdings if is_assured(held.assurance)]
        old, new = claims[0], claims[-1]
        holder = next((held for held in assured if (held.kind, held.value) == old.key), None)
        if holder is None or any((held.kind, held.value) == new.key for held in assured):
            return Work()
        customer = await record.load(Customer, holder.customer_id)
        if customer is None or customer.erased:
            return Work()
        customer.record_handle(new, assurance=HandleAssurance.PLATFORM, at=context.at)
        return Work(streams=with_facts(customer))

    return await record.transact(context, decide)
