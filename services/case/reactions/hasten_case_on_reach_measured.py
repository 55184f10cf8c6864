"""Something that was said in public travels on: its case may be sooner, or come to be, and the press desk called."""

from __future__ import annotations

import msgspec

from contracts.channels import ReachMeasured
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.hasten_case import HastenCase, hasten_case
from services.case.commands.placing import Newcomers
from services.case.domain.policy import CasePolicy
from services.case.domain.utterance import Reach
from services.case.ports import Directory, Ids


async def hasten_case_on_reach_measured(
    message: Message, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy, ids: Ids
) -> None:
    """Look at its case once more; where it is a mention, at that."""
    fact = msgspec.json.decode(message.data, type=ReachMeasured)
    reach = Reach(views=fact.views, shares=fact.shares, likes=fact.likes)
    command = HastenCase(contact_id=fact.contact_id, measured_at=fact.measured_at, reach=reach)
    newcomers = Newcomers(customer_id=ids.new(), case_id=ids.new())
    await hasten_case(command, newcomers, context, record=record, directory=directory, policy=policy)
