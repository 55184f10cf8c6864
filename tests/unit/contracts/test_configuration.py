"""The configuration file: everything SURFACE shows is understood, and every complaint names its key."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from contracts.configuration import (
    Configuration,
    ConfigurationError,
    configuration_digest,
    parse_configuration,
)
from contracts.vocabulary import BudgetPeriod, Channel

WHOLE = """
region = "NL"
timezone = "Europe/Amsterdam"
reopen_days = 14

[[brands]]
ref = "shop"
name = "The Shop"

[[teams]]
ref = "care"
name = "Customer care"
budgets = [{ amount = "1000.00", currency = "EUR", period = "week", item_limit = "500.00" }]

[[agents]]
ref = "anna"
name = "Anna de Vries"
email = "anna@shop.example"
team = "care"
languages = ["nl", "en"]
skills = ["billing"]
capacity_units = 20
budgets = [{ amount = "250.00", currency = "EUR", period = "week", item_limit = "50.00" }]

[capacity_units]
voice = 20
chat = 5
email = 1

[[channel_accounts]]
channel = "whatsapp"
account = "waba-1"
brand = "shop"
secrets = { app_secret = "env:APP_SECRET", verify_token = "file:verify.txt" }
api_base = "https://graph.example"

[[channel_accounts]]
channel = "form"
account = "website"

[[reasons]]
code = "late-delivery"
[[causes]]
code = "carrier-late"
area = "service"
[[purposes]]
code = "audit"

[http]
allowed_origins = ["https://desk.shop.example", "http://localhost:5173"]
[oidc]
issuer = "https://login.example/realm"
audience = "eender"
role_claim = "role"
"""

AGENT = '[[agents]]\nref = "anna"\nname = "Anna"\n'
BUDGET = 'budgets = [{{ amount = "{amount}", currency = "{currency}", period = "{period}" }}]'
WHATSAPP = '[[channel_accounts]]\nchannel = "whatsapp"\naccount = "waba-1"\n'


def read_file(path: str) -> str:
    files = {"verify.txt": "verified\n", "empty.txt": "\n"}
    if path not in files:
        raise FileNotFoundError(path)
    return files[path]


def parse(text: str) -> Configuration:
    return parse_configuration(text, {"APP_SECRET": "s3cret", "EMPTY": ""}, read_file)


def complaint(text: str) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        parse(text)
    return caught.value


def budget(amount: str = "1.00", currency: str = "EUR", period: str = "week") -> str:
    return AGENT + BUDGET.format(amount=amount, currency=currency, period=period)


def test_the_whole_file_is_understood() -> None:
    whole = parse(WHOLE)
    agent, (whatsapp, form) = whole.agents[0], whole.channel_accounts
    assert agent.budgets[0].amount_minor == 25_000
    assert agent.budgets[0].item_limit_minor == 5_000
    assert agent.budgets[0].period is BudgetPeriod.WEEK
    assert whatsapp.channel is Channel.WHATSAPP
    assert whatsapp.secrets == {"app_secret": "s3cret", "verify_token": "verified"}
    assert form.channel is Channel.FORM
    assert form.secrets == {}
    assert whole.units_of(Channel.CHAT) == 5
    assert whole.reason_codes == ("late-delivery",)
    assert whole.purpose_codes == ("audit",)
    assert whole.oidc is not None
    assert whole.oidc.subject_claim == "sub"
    assert whole.account(Channel.FORM, "website") is form
    assert whole.account(Channel.FORM, "elsewhere") is None


def test_no_file_at_all_is_everything_at_its_default() -> None:
    empty = parse("")
    assert empty == Configuration()
    assert (empty.region, empty.timezone, empty.reopen_days) == ("NL", "Europe/Amsterdam", 14)
    assert (empty.retention.raw_days, empty.retention.case_months) == (90, 84)
    assert empty.reason_codes[0] == "late-delivery"
    assert len(empty.reason_codes) == 6
    assert empty.purpose_codes == ("complaint-handling", "audit", "legal-claim", "subject-request")
    assert [empty.units_of(channel) for channel in (Channel.VOICE, Channel.CHAT, Channel.EMAIL)] == [20, 4, 1]
    assert empty.units_of(Channel.WHATSAPP) == 1
    assert empty.oidc is None


def test_without_an_item_limit_the_whole_grant_may_go_at_once() -> None:
    assert parse(budget("12.50")).agents[0].budgets[0].item_limit_minor == 1250


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [("1500", "JPY", 1500), ("1.234", "KWD", 1234), ("0", "EUR", 0)]
)
def test_an_amount_has_the_decimals_of_its_currency(amount: str, currency: str, minor: int) -> None:
    assert parse(budget(amount, currency)).agents[0].budgets[0].amount_minor == minor


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('colour = "red"', "colour"),
        (AGENT + 'colour = "red"', "agents[0].colour"),
        ("[http]\norigins = []", "http.origins"),
        ('[[agents]]\nref = "anna"', "agents[0].name"),
        ('[[agents]]\nref = "an na"\nname = "Anna"', "agents[0].ref"),
        ('[[brands]]\nref = "shop"\nname = ""', "brands[0].name"),
        ('[[brands]]\nref = "shop"\nname = "Shop"\nteam = "care"', "brands[0].team"),
        ('region = "Holland"', "region"),
        ('timezone = "Mars/Olympus"', "timezone"),
        ('timezone = "../../etc/passwd"', "timezone"),
        ("reopen_days = -1", "reopen_days"),
        ("[retention]\nraw_days = 0", "retention.raw_days"),
        ("[retention]\naccess_years = 4", "retention.access_years"),
        ("[retention]\nraw_month = 1", "retention.raw_month"),
        ('reopen_days = "many"', "reopen_days"),
        (AGENT + 'team = "care"', "agents[0].team"),
        (AGENT + 'email = "anna"', "agents[0].email"),
        (AGENT + 'languages = ["Dutch!"]', "agents[0].languages[0]"),
        (AGENT + "capacity_units = -1", "agents[0].capacity_units"),
        (AGENT + AGENT, "agents[1].ref"),
        (AGENT + 'budgets = [{ amount = 2.5, currency = "EUR", period = "week" }]', "agents[0].budgets[0].amount"),
        (budget(amount="-1.00"), "agents[0].budgets[0].amount"),
        (budget(amount="NaN"), "agents[0].budgets[0].amount"),
        (budget(amount="1.005"), "agents[0].budgets[0].amount"),
        (budget(amount="1,00"), "agents[0].budgets[0].amount"),
        (budget(amount="9999999999999999"), "agents[0].budgets[0].amount"),
        (budget(currency="EURO"), "agents[0].budgets[0].currency"),
        (budget(period="WEEK"), "agents[0].budgets[0].period"),
        (AGENT + 'budgets = [{ amount = "1", currency = "EUR" }]', "agents[0].budgets[0].period"),
        (
            AGENT + 'budgets = [{ amount = "1", currency = "EUR", period = "day", item_limit = "x" }]',
            "agents[0].budgets[0].item_limit",
        ),
        (
            AGENT + 'budgets = [{ amount = "1", currency = "EUR", period = "day" }, '
            '{ amount = "1", currency = "EUR", period = "week" }]',
            "agents[0].budgets[1].currency",
        ),
        ('[[teams]]\nref = "care"\nname = "Care"\n' + BUDGET.format(amount="x", currency="EUR", period="day"),
         "teams[0].budgets[0].amount"),
        ("[capacity_units]\npigeon = 1", "capacity_units.pigeon"),
        ("[capacity_units]\nvoice = -1", "capacity_units.voice"),
        ("[capacity_units]\nvoice = true", "capacity_units.voice"),
        ('[[channel_accounts]]\nchannel = "WHATSAPP"\naccount = "a"', "channel_accounts[0].channel"),
        ('[[channel_accounts]]\nchannel = "letter"\naccount = "a"', "channel_accounts[0].channel"),
        ('[[channel_accounts]]\nchannel = "form"\naccount = "a/b"', "channel_accounts[0].account"),
        ('[[channel_accounts]]\nchannel = "form"\naccount = "a"\n' * 2, "channel_accounts[1].account"),
        ('[[channel_accounts]]\nchannel = "form"\naccount = "a"\nbrand = "x"', "channel_accounts[0].brand"),
        ('[[channel_accounts]]\nchannel = "form"\naccount = "a"\napi_base = "ftp://x"', "channel_accounts[0].api_base"),
        (WHATSAPP, "channel_accounts[0].secrets.app_secret"),
        (WHATSAPP + "secrets = { app_secret = 7 }", "channel_accounts[0].secrets.app_secret"),
        (WHATSAPP + 'secrets = { app_secret = "" }', "channel_accounts[0].secrets.app_secret"),
        (WHATSAPP + 'secrets = { app_secret = "env:NOWHERE" }', "channel_accounts[0].secrets.app_secret"),
        (WHATSAPP + 'secrets = { app_secret = "env:EMPTY" }', "channel_accounts[0].secrets.app_secret"),
        (WHATSAPP + 'secrets = { app_secret = "file:nowhere" }', "channel_accounts[0].secrets.app_secret"),
        (WHATSAPP + 'secrets = { app_secret = "file:empty.txt" }', "channel_accounts[0].secrets.app_secret"),
        (WHATSAPP + 'secrets = { app_secret = "x", password = "x" }', "channel_accounts[0].secrets.password"),
        (WHATSAPP + 'secrets = { app_secret = "x" }\nformer_secrets = { access_token = "y" }',
         "channel_accounts[0].former_secrets.access_token"),
        (WHATSAPP + 'secrets = { app_secret = "x" }\nformer_secrets = { app_secret = "" }',
         "channel_accounts[0].former_secrets.app_secret"),
        (WHATSAPP + 'platform_id = "7"\nsecrets = { app_secret = "x" }\n'
         + WHATSAPP.replace("waba-1", "waba-2") + 'platform_id = "7"\nsecrets = { app_secret = "x" }',
         "channel_accounts[1].platform_id"),
        ('[[channel_accounts]]\nchannel = "form"\naccount = "a"\nplatform_id = "7"', "channel_accounts[0].platform_id"),
        ('[[reasons]]\ncode = "Late delivery"', "reasons[0].code"),
        ('[[causes]]\ncode = "carrier-late"', "causes[0].area"),
        ('[[purposes]]\ncode = "audit"\n' * 2, "purposes[1].code"),
        ('[http]\nallowed_origins = ["https://desk.example/path"]', "http.allowed_origins[0]"),
        ('[http]\nallowed_origins = ["*"]', "http.allowed_origins[0]"),
        ('[oidc]\nissuer = "http://login.example"\naudience = "a"\nrole_claim = "r"', "oidc.issuer"),
        ('[oidc]\nissuer = "https://login.example"\nrole_claim = "r"', "oidc.audience"),
    ],
)  # fmt: skip
def test_a_complaint_names_the_key_as_it_stands_in_the_file(text: str, key: str) -> None:
    found = complaint(text)
    assert found.key == key
    assert str(found).startswith(f"{key}: ")


def test_what_is_no_toml_is_said_to_be_none() -> None:
    assert "no TOML" in str(complaint("region = "))
    assert "line 2" in str(complaint('region = "NL"\ntimezone = !'))


def test_a_file_without_end_is_not_read() -> None:
    assert "longer than" in str(complaint("#" * (4 * 1024 * 1024 + 1)))


def test_secrets_never_show() -> None:
    whole = parse(WHOLE)
    assert "s3cret" not in repr(whole)
    assert "verified" not in repr(whole)
    assert "s3cret" not in str(complaint(WHATSAPP + 'secrets = { app_secret = "s3cret", s3 = "s3cret" }'))


@pytest.mark.parametrize(
    ("channel", "secrets"),
    [
        ("messenger", 'app_secret = "x", verify_token = "x", access_token = "x"'),
        ("x", 'consumer_secret = "x"'),
        ("telegram", 'secret_token = "x", bot_token = "x"'),
        ("sms", 'auth_token = "x", account_sid = "x", public_url = "https://x.example"'),
        ("webhook", 'signing_secret = "whsec_x"'),
        ("chat", 'widget_key = "x"'),
        ("google-reviews", 'access_token = "x"'),
        ("voice", 'auth_token = "x", public_url = "https://x.example"'),
        ("voice", 'authorization = "Basic x"'),
        ("media", 'authorization = "Basic x"'),
    ],
)
def test_the_secrets_a_channel_needs_to_receive_are_enough(channel: str, secrets: str) -> None:
    account = parse(f'[[channel_accounts]]\nchannel = "{channel}"\naccount = "a"\nsecrets = {{ {secrets} }}')
    assert account.channel_accounts[0].channel.path == channel


def test_only_a_chat_has_origins_and_each_is_an_origin() -> None:
    chat = '[[channel_accounts]]\nchannel = "chat"\naccount = "a"\nsecrets = { widget_key = "x" }\n'
    (account,) = parse(chat + 'allowed_origins = ["https://shop.example"]').channel_accounts
    assert account.allowed_origins == ("https://shop.example",)
    said = str(complaint(chat + 'allowed_origins = ["https://shop.example", "https://shop.example/page"]'))
    assert said.startswith("channel_accounts[0].allowed_origins[1]: expected an origin")
    form = '[[channel_accounts]]\nchannel = "form"\naccount = "a"\nallowed_origins = ["https://shop.example"]'
    assert "only chat has them" in str(complaint(form))


def test_the_digest_changes_with_what_is_said_and_not_with_how_it_is_written() -> None:
    digest = configuration_digest(parse(WHOLE))
    assert configuration_digest(parse("# the same\n" + WHOLE)) == digest
    assert configuration_digest(parse(WHOLE.replace("250.00", "251.00"))) != digest


def test_the_digest_tells_nothing_about_secrets() -> None:
    digests = {
        configuration_digest(parse(WHATSAPP + f'secrets = {{ app_secret = "{secret}" }}')) for secret in ("one", "two")
    }
    assert len(digests) == 1


def test_the_example_in_the_docs_is_a_configuration() -> None:
    example = Path(__file__).parents[3] / "docs" / "example.toml"
    assert parse_configuration(example.read_text(), {}, lambda place: place).channel_accounts


def test_what_the_example_leaves_to_be_said_is_a_configuration_too_and_nothing_is_left_out() -> None:
    example = (Path(__file__).parents[3] / "docs" / "example.toml").read_text()
    whole = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", example)
    secrets = {"PAYER_SECRET": "whsec_" + "YWJj" * 8, "CLASSIFIER_SECRET": "whsec_" + "YWJj" * 8}
    assert parse_configuration(whole, secrets, lambda place: place).purposes
    names = [each.encode_name for each in msgspec.structs.fields(Configuration)]
    unsaid = [name for name in names if not re.search(rf"(?m)^(\[\[?{name}\]|{name} = )", whole)]
    assert unsaid == []
