"""Record that a platform says two addresses are one person's."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import Channel
from services.channels.domain.contact import Alias, alias_id_of
from services.channels.domain.inbound import HandleAliased


class ReportAlias(msgspec.Struct, frozen=True):
    """The statement as its channel made it."""

    item: HandleAliased
    channel: Channel
    account: str


async def report_alias(command: ReportAlias, context: CommandContext, *, record: Record) -> Committed:
    """Record the statement once."""
    alias_id = alias_id_of(command.channel, command.account, command.item)

    async def decide() -> Work:
        if await record.load(Alias, alias_id) is not None:
            return Work()
        alias = Alias.report(command.item, channel=command.channel, account=command.account, at=context.at)
        return Work(streams=(alias,))

    return await record.transact(context, decide, serialise_on=(alias_id,))
