"""What the configuration says about controls, figures of staff and reports: read, and refused naming the key."""

from __future__ import annotations

import pytest

from contracts.configuration import Configuration, ConfigurationError, parse_configuration
from services.case.domain.report_rules import ReportRules

WHOLE = """
[[causes]]
code = "carrier-late"
area = "service"

[controls]
second_read_percent = 10
review_reasons = ["wording"]
customer_caps = [{ amount = "250.00", currency = "EUR" }]

[staff_privacy]
group_size_min = 8
own_figures = false
leads_see_signs = true

[reports]
currency = "EUR"
contact_cost = { voice = "6.50", google-reviews = "1.00" }
"""


def parsed(text: str) -> Configuration:
    return parse_configuration(text, {}, lambda _path: "")


def test_everything_has_a_default_that_protects_people() -> None:
    empty = parsed("")
    assert (empty.controls.second_read_percent, empty.staff_privacy.group_size_min) == (5, 5)
    assert (empty.staff_privacy.own_figures, empty.staff_privacy.leads_see_signs) == (True, False)
    assert empty.controls.customer_cap_minor("EUR") is None


def test_what_is_said_arrives_in_the_units_that_count() -> None:
    whole = parsed(WHOLE)
    assert (whole.controls.customer_cap_minor("EUR"), whole.controls.review_reasons) == (25_000, ("wording",))
    rules = ReportRules.of(whole)
    assert rules.contact_cost_minor == {"VOICE": 650, "GOOGLE_REVIEWS": 100}
    assert (rules.group_size_min, rules.areas) == (8, {"carrier-late": "service"})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[controls]\nsecond_read_percent = 101", "controls.second_read_percent"),
        ("[controls]\nreview_reasons = []", "controls.review_reasons"),
        ('[controls]\nreview_reasons = ["a", "a"]', "controls.review_reasons"),
        ('[controls]\ncustomer_caps = [{ amount = "many", currency = "EUR" }]', "controls.customer_caps[0].amount"),
        ("[controls]\nfirst_read_percent = 5", "controls.first_read_percent"),
        ("[staff_privacy]\ngroup_size_min = 0", "staff_privacy.group_size_min"),
        ('[reports]\ncurrency = "EURO"', "reports.currency"),
        ('[reports]\ncontact_cost = { pigeon = "1.00" }', "reports.contact_cost.pigeon"),
        ('[reports]\ncontact_cost = { email = "1.005" }', "reports.contact_cost.email"),
    ],
)
def test_what_cannot_be_used_is_named(text: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parsed(text)
    assert str(refused.value).startswith(key)
