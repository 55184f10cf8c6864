"""Bring the channel accounts to what the configuration says."""

from __future__ import annotations

import msgspec

from contracts.stored import CommandContext, Committed, Record, Work
from services.channels.domain.account import CONFIGURATION_ID, Account, AppliedConfiguration
from services.channels.domain.account_facts import AccountEntry
from services.channels.domain.raw import account_id_of


class ApplyConfiguration(msgspec.Struct, frozen=True):
    """The accounts of the configuration of this digest."""

    digest: str
    entries: tuple[AccountEntry, ...]


async def apply_configuration(command: ApplyConfiguration, context: CommandContext, *, record: Record) -> Committed:
    """Set only what changed in the file since it was last applied; accounts that left it are closed."""

    async def decide() -> Work:
        applied = await record.load(AppliedConfiguration, CONFIGURATION_ID)
        before = {(entry.channel, entry.account): entry for entry in (applied.entries if applied else ())}
        was = [(entry, before.pop((entry.channel, entry.account), None)) for entry in command.entries]
        accounts = [await _set(entry, said, context, record) for entry, said in was if said != entry]
        for entry in before.values():
            gone = await record.load(Account, account_id_of(entry.channel, entry.account))
            if gone is not None:
                gone.close(at=context.at)
                accounts.append(gone)
        if applied is None:
            applied = AppliedConfiguration.begin(command.digest, command.entries, at=context.at)
        else:
            applied.renew(command.digest, command.entries, at=context.at)
        return Work(streams=(*accounts, applied), outcome={"accounts": len(accounts)})

    return await record.transact(context, decide, serialise_on=(CONFIGURATION_ID,))


async def _set(entry: AccountEntry, said: AccountEntry | None, context: CommandContext, record: Record) -> Account:
    account = await record.load(Account, account_id_of(entry.channel, entry.account))
    if account is None:
        return Account.open(entry, at=context.at)
    account.change(_with_what_was_set_since(entry, said, account.entry), at=context.at)
    return account


def _with_what_was_set_since(entry: AccountEntry, said: AccountEntry | None, now: AccountEntry) -> AccountEntry:
    """The entry, with what may leave as it is on record, where the file says of that what it `said` before."""
    if said is None:
        return entry
    return msgspec.structs.replace(
        entry,
        mode=now.mode if entry.mode is said.mode else entry.mode,
        paused=now.paused if entry.paused is said.paused else entry.paused,
    )
