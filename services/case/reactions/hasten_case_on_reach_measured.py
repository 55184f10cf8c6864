"""Something that was said in public travels on: its case may be sooner, and the press desk called."""

from __future__ import annotations

import msgspec

from contracts.channels import ReachMeasured
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.hasten_case import HastenCase, hasten_case
from services.case.domain.policy import CasePolicy
from services.case.domain.utterance import Reach
from services.case.ports import Directory


async def hasten_case_on_reach_measured(
    message: Message, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> None:
    """Look at its case once more."""
    fact = msgspec.json.decode(message.data, type=ReachMeasured)
    reach = Reach(views=fact.views, shares=fact.shares, likes=fact.likes)
    command = HastenCase(contact_id=fact.contact_id, measured_at=fact.measured_at, reach=reach)
    await hasten_case(command, context, record=record, directory=directory, policy=policy)
