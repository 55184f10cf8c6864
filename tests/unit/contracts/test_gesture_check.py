"""Bounds, payouts and bots of the configuration file: every complaint names its key."""

from __future__ import annotations

import pytest

from contracts.configuration import ConfigurationError, configuration_digest, parse_configuration

BOT = '[[agents]]\nref = "robo"\nname = "Robo"\nkind = "bot"\n'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[payouts]\nurl = "http://pay.example"\nsecret = "s"', "payouts.url"),
        ('[payouts]\nurl = "https://pay.example"\nsecret = "env:NOWHERE"', "payouts.secret"),
        ('[payouts]\nurl = "https://pay.example"\nsecret = "s"\nkinds = ["cake"]', "payouts.kinds[0]"),
        ('[[gestures.case_caps]]\namount = "1.001"\ncurrency = "EUR"', "gestures.case_caps[0].amount"),
        ('[[gestures.case_caps]]\namount = "1.00"\ncurrency = "EURO"', "gestures.case_caps[0].currency"),
        (
            '[gestures]\ncase_caps = [{amount="1",currency="EUR"},{amount="2",currency="EUR"}]',
            "gestures.case_caps[1].currency",
        ),
        ("[gestures]\napproval_days = 0", "gestures.approval_days"),
        ("[gestures]\nhold_days = 0", "gestures.hold_days"),
        (BOT, "agents[0].principal"),
        ('[[agents]]\nref = "anna"\nname = "Anna"\nprincipal = "svc"', "agents[0].principal"),
        (BOT + 'principal = "svc"\n' + BOT.replace("robo", "rob2") + 'principal = "svc"', "agents[1].principal"),
        (
            BOT + 'principal = "svc"\nbudgets = [{amount="1",currency="EUR",period="day",carry_over="-1"}]',
            "agents[0].budgets[0].carry_over",
        ),
        (
            '[[teams]]\nref="t"\nname="T"\nbudgets=[{currency="EUR",amount="1",period="day",two_approvers_above="x"}]',
            "teams[0].budgets[0].two_approvers_above",
        ),
        (
            BOT + 'principal = "svc"\nbudgets = [{amount="25",currency="EUR",period="day",item_limit="250"}]',
            "agents[0].budgets[0].item_limit",
        ),
    ],
)
def test_bounds_payouts_and_bots_that_cannot_be_name_their_key(text: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_configuration(text, {}, lambda path: path)
    assert refused.value.key == key


def test_one_gesture_may_cost_what_was_carried_over_too() -> None:
    budget = 'budgets = [{amount="25",currency="EUR",period="day",item_limit="40",carry_over="15"}]'
    agent = parse_configuration(BOT + 'principal = "svc"\n' + budget, {}, lambda path: path).agents[0]
    assert agent.budgets[0].item_limit_minor == 4000


def test_a_payers_secret_is_fetched_and_shown_to_nobody() -> None:
    text = '[payouts]\nurl = "https://pay.example/out"\nsecret = "env:PAYER"\nkinds = ["refund", "fee-waived"]'
    one, other = (parse_configuration(text, {"PAYER": secret}, lambda path: path) for secret in ("s3cret", "another"))
    assert one.payouts is not None
    assert one.payouts.secret == "s3cret"
    assert {kind.value for kind in one.payouts.kinds} == {"REFUND", "FEE_WAIVED"}
    assert "s3cret" not in repr(one)
    assert configuration_digest(one) == configuration_digest(other)
