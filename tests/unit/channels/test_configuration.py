from __future__ import annotations

import msgspec

from contracts.configuration import configuration_digest, parse_configuration
from contracts.vocabulary import Channel
from services.channels.commands.apply_configuration import ApplyConfiguration, apply_configuration
from services.channels.domain.account import Account
from services.channels.domain.account_facts import AccountEntry
from services.channels.domain.raw import account_id_of
from services.channels.settings import settings_of
from tests.unit.channels.in_memory import ChannelsRecord, context

FORM = AccountEntry(channel=Channel.FORM, account="website", name="Website", brand="shop", brand_name="The Shop")
WABA = AccountEntry(channel=Channel.WHATSAPP, account="waba-1", name="WhatsApp")


async def apply(record: ChannelsRecord, digest: str, *entries: AccountEntry) -> None:
    name = f"{digest} {len(record.all_facts())}"
    await apply_configuration(ApplyConfiguration(digest, entries), context(name), record=record)


async def test_accounts_are_opened_once_and_the_configuration_is_noted() -> None:
    record = ChannelsRecord()
    for _ in range(3):
        await apply(record, "one", FORM, WABA)
    assert record.topics() == [
        "channels.account.opened.v1",
        "channels.account.opened.v1",
        "channels.configuration.first-applied.v1",
    ]


async def test_only_what_changed_is_set_and_what_left_is_closed() -> None:
    record = ChannelsRecord()
    await apply(record, "one", FORM, WABA)
    renamed = msgspec.structs.replace(FORM, name="Our website")
    await apply(record, "two", renamed)
    assert record.topics().count("channels.account.changed.v1") == 1
    assert record.topics().count("channels.account.closed.v1") == 1
    waba = await record.load(Account, account_id_of(Channel.WHATSAPP, "waba-1"))
    assert waba is not None
    assert not waba.active


async def test_an_account_that_comes_back_is_in_force_again() -> None:
    record = ChannelsRecord()
    await apply(record, "one", FORM)
    await apply(record, "two")
    await apply(record, "one", FORM)
    form = await record.load(Account, account_id_of(Channel.FORM, "website"))
    assert form is not None
    assert form.active
    assert record.topics().count("channels.configuration.applied.v1") == 2


async def test_an_application_that_loses_the_race_finds_it_done() -> None:
    record = ChannelsRecord()
    record.lose_races(1)
    await apply(record, "one", FORM)
    assert len(record.all_facts()) == 2


def test_a_secret_that_is_changed_has_two_values_for_a_while() -> None:
    text = """
    [[channel_accounts]]
    channel = "whatsapp"
    account = "waba-1"
    secrets = { app_secret = "env:NEW", access_token = "token" }
    former_secrets = { app_secret = "file:old" }
    """
    configuration = parse_configuration(text, {"NEW": "quiet-new"}, lambda _: "quiet-old")
    (account,) = settings_of(configuration).accounts.values()
    assert account.secrets == {"access_token": ("token",), "app_secret": ("quiet-new", "quiet-old")}
    assert account.secret("app_secret") == "quiet-new"
    assert "quiet" not in repr(configuration)
    again = parse_configuration(text, {"NEW": "another"}, lambda _: "older")
    assert configuration_digest(again) == configuration_digest(configuration)


def test_secrets_stay_out_of_what_is_recorded_and_shown() -> None:
    text = """
    [[brands]]
    ref = "shop"
    name = "The Shop"
    [[channel_accounts]]
    channel = "whatsapp"
    account = "waba-1"
    brand = "shop"
    secrets = { app_secret = "quiet", verify_token = "please" }
    """
    settings = settings_of(parse_configuration(text, {}, lambda _: ""))
    (account,) = settings.accounts.values()
    assert account.secrets == {"app_secret": ("quiet",), "verify_token": ("please",)}
    assert "quiet" not in repr(account) + repr(settings) + repr(account.entry())
    assert (account.entry().name, account.entry().brand_name) == ("waba-1", "The Shop")
