"""What may leave by an account is set by the file where the file changes, and through the API in between."""

from __future__ import annotations

from itertools import count

import msgspec
import pytest

from contracts import channels, subjects
from contracts.vocabulary import AccountMode, Channel, id_of
from services.channels.commands.apply_configuration import ApplyConfiguration, apply_configuration
from services.channels.commands.update_account import UpdateAccount, update_account
from services.channels.domain.account import Account
from services.channels.domain.account_facts import AccountEntry, SendingSet
from services.channels.domain.raw import account_id_of
from services.channels.publish import contract_fact
from tests.unit.channels.in_memory import ChannelsRecord, context, meta_of

WABA = AccountEntry(channel=Channel.WHATSAPP, account="waba-1", name="WhatsApp", mode=AccountMode.REACT)
NUMBERS = count()
WABA_ID = account_id_of(Channel.WHATSAPP, "waba-1")


async def applied(record: ChannelsRecord, *entries: AccountEntry) -> None:
    command = ApplyConfiguration(str(entries), entries)
    await apply_configuration(command, context(f"apply {next(NUMBERS)}"), record=record)


async def updated(
    record: ChannelsRecord, *, mode: AccountMode | None = None, paused: bool | None = None, times: int = 1
) -> None:
    name = f"update {next(NUMBERS)}"
    for _ in range(times):
        command = UpdateAccount(id_of("request", name), WABA_ID, "ada", mode, paused)
        await update_account(command, context(name), record=record)


async def entry(record: ChannelsRecord) -> AccountEntry:
    account = await record.load(Account, WABA_ID)
    assert account is not None
    return account.entry


async def test_what_is_not_said_stays_as_it_is() -> None:
    record = ChannelsRecord()
    await applied(record, WABA)
    await updated(record, paused=True)
    assert await entry(record) == msgspec.structs.replace(WABA, paused=True)
    await updated(record, mode=AccountMode.LISTEN)
    assert await entry(record) == msgspec.structs.replace(WABA, paused=True, mode=AccountMode.LISTEN)


async def test_a_restart_and_a_change_of_something_else_in_the_file_keep_what_was_set() -> None:
    record = ChannelsRecord()
    await applied(record, WABA)
    await updated(record, paused=True)
    await applied(record, WABA)
    assert (await entry(record)).paused
    await applied(record, msgspec.structs.replace(WABA, name="Ours"))
    assert ((await entry(record)).name, (await entry(record)).paused) == ("Ours", True)


async def test_what_the_file_says_anew_is_in_force() -> None:
    record = ChannelsRecord()
    await applied(record, WABA)
    await updated(record, paused=True, mode=AccountMode.LISTEN)
    await applied(record, msgspec.structs.replace(WABA, mode=AccountMode.PROACTIVE))
    assert ((await entry(record)).mode, (await entry(record)).paused) == (AccountMode.PROACTIVE, True)
    await applied(record, msgspec.structs.replace(WABA, paused=True))
    await updated(record, paused=False)
    await applied(record, WABA)
    assert not (await entry(record)).paused


async def test_the_same_request_twice_is_one_and_each_is_answered_even_if_nothing_changes() -> None:
    record = ChannelsRecord()
    await applied(record, WABA)
    await updated(record, paused=True, times=2)
    await updated(record, paused=True)
    facts = [fact for fact in record.all_facts() if isinstance(fact, SendingSet)]
    assert len(facts) == 2
    assert {fact.requested_by for fact in facts} == {"ada"}
    for fact in facts:
        subject, told = contract_fact(fact, meta_of(WABA_ID, fact)) or ("", None)
        assert isinstance(told, channels.AccountConfigured)
        assert (subject, told.request_id) == (subjects.ACCOUNT_CONFIGURED, fact.request_id)
        assert (told.paused, told.mode, told.active) == (True, AccountMode.REACT, True)


async def test_an_account_that_left_the_configuration_stays_away() -> None:
    record = ChannelsRecord()
    await applied(record, WABA)
    await applied(record)
    await updated(record, paused=False)
    account = await record.load(Account, WABA_ID)
    assert account is not None
    assert not account.active
    (fact,) = [fact for fact in record.all_facts() if isinstance(fact, SendingSet)]
    _, told = contract_fact(fact, meta_of(WABA_ID, fact)) or ("", None)
    assert isinstance(told, channels.AccountConfigured)
    assert not told.active


@pytest.mark.parametrize("lost", [0, 1])
async def test_an_account_that_never_was_is_not_made(lost: int) -> None:
    record = ChannelsRecord()
    record.lose_races(lost)
    command = UpdateAccount(id_of("request", "x"), WABA_ID, "ada", None, paused=True)
    done = await update_account(command, context("x"), record=record)
    assert done.outcome == {"known": False}
    assert record.all_facts() == []
