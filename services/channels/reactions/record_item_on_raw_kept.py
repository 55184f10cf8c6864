"""One item of a kept payload becomes the command it asks for."""

from __future__ import annotations

from contracts.stored import CommandContext, Record
from infra import metrics
from services.channels.commands.change_reaction import ChangeReaction, change_reaction
from services.channels.commands.edit_contact import EditContact, edit_contact
from services.channels.commands.measure_reach import MeasureReach, measure_reach
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.commands.record_status import RecordStatus, record_status
from services.channels.commands.remove_contact import RemoveContact, remove_contact
from services.channels.commands.report_alias import ReportAlias, report_alias
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    HandleAliased,
    Ignored,
    Inbound,
    ReachMeasured,
    ReactionChanged,
    StatusReported,
)
from services.channels.domain.raw import RawInbound
from services.channels.ports import Directory


async def record_item_on_raw_kept(
    item: Inbound,
    raw: RawInbound,
    context: CommandContext,
    *,
    record: Record,
    directory: Directory,
    brand: str | None = None,
    beside: tuple[str, ...] = (),
) -> None:
    """Carry out what an item asks for; whatever of it is on record already changes nothing."""
    channel, account = raw.channel, raw.account
    match item:
        case ContactArrived():
            await receive_contact(ReceiveContact(item, raw, brand, beside), context, record=record, directory=directory)
        case StatusReported():
            await record_status(RecordStatus(item, channel, account), context, record=record, directory=directory)
        case ContactEdited():
            await edit_contact(EditContact(item, channel, account), context, record=record, directory=directory)
        case ContactRemoved():
            await remove_contact(RemoveContact(item, channel, account), context, record=record, directory=directory)
        case ReactionChanged():
            await change_reaction(ChangeReaction(item, channel, account), context, record=record, directory=directory)
        case ReachMeasured():
            await measure_reach(MeasureReach(item, channel, account), context, record=record, directory=directory)
        case HandleAliased():
            await report_alias(ReportAlias(item, channel, account), context, record=record)
        case Ignored(reason=reason):
            metrics.ignored_items.labels(channel.path, reason).inc()
