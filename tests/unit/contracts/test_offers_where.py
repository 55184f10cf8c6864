"""`[[routing.offers_where]]`: read, and refused where it says something that cannot be."""

from __future__ import annotations

import pytest

from contracts.configuration import ConfigurationError, parse_configuration
from contracts.vocabulary import Channel
from services.routing.domain.targets import Offering
from services.routing.settings import rules_of

TEAM = '[[teams]]\nref = "press"\nname = "Press"\n'


def test_a_channel_asks_although_the_others_do_not() -> None:
    text = TEAM + '[[routing.offers_where]]\nchannel = "chat"\nteam = "press"\noffers = "ask"\noffer_seconds_max = 20\n'
    rules = rules_of(parse_configuration(text, {}, lambda path: path))
    assert rules.offering_of(Channel.CHAT, "press") == Offering(offer_s=20)
    assert rules.offering_of(Channel.CHAT, None) is None


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ('offers = "ask"', "routing.offers_where[0]"),
        ('offers = "ask"\nchannel = "pigeon"', "routing.offers_where[0].channel"),
        ('offers = "ask"\nteam = "nobody"', "routing.offers_where[0].team"),
        ('offers = "ask"\nchannel = "chat"\n[[routing.offers_where]]\noffers = "auto"\nchannel = "chat"', "[1]"),
        ('offers = "sometimes"\nchannel = "chat"', "routing.offers_where[0].offers"),
    ],
)
def test_what_cannot_be_names_the_key(wrong: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_configuration(f"{TEAM}[[routing.offers_where]]\n{wrong}\n", {}, lambda path: path)
    assert key in str(refused.value)
