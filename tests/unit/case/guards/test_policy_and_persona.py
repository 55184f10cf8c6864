"""What an installation says of its guard rails, and as whom its brands speak."""

from __future__ import annotations

import pytest

from contracts.configuration import ConfigurationError, parse_configuration
from contracts.guards import Persona
from contracts.vocabulary import Channel
from services.case.domain.guards.persona import signed
from services.case.domain.guards.policy import GuardPolicy

BRANDS = '[[brands]]\nref = "shop"\nname = "Shop"\n'


def policy_of(text: str) -> GuardPolicy:
    return GuardPolicy.of(parse_configuration(text, {}, lambda path: path))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[guards]\nrules = { public-personal-data = "warn" }', "guards.rules.public-personal-data"),
        (BRANDS + 'guards = { public-personal-data = "allow" }', "brands[0].guards.public-personal-data"),
        ('[guards]\nrules = { no-such-rule = "warn" }', "guards.rules.no-such-rule"),
        ('[guards]\nwords = { blame = ["a*b"] }', "guards.words.blame[0]"),
        ('[guards]\norder_numbers = ["#-abc"]', "guards.order_numbers[0]"),
        ('[press_desk]\nteam = "press"', "press_desk.team"),
        ('[[personas]]\nbrand = "shop"\nsignature = "Billie"', "personas[0].brand"),
        ('[[personas]]\nchannels = ["twitter"]\nsignature = "Billie"', "personas[0].channels[0]"),
        ('[[personas]]\nsignature = "{last_name}"', "personas[0].signature"),
    ],
)
def test_what_cannot_be_used_is_named(text: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        policy_of(text)
    assert refused.value.key.startswith(key)


def test_words_of_ones_own_take_the_place_of_ours() -> None:
    policy = policy_of('[guards]\nwords = { coaching = ["balen"] }\norder_numbers = ["NL-####"]')
    assert policy.words.coaching == ("balen",)
    assert policy.words.blame == GuardPolicy().words.blame
    assert policy.order_numbers == ("NL-####",)


def test_s017_s071_a_brand_signs_with_a_first_name_or_with_its_mascot() -> None:
    own = Persona("Groet, {first_name}", brand="shop", channels=("email",))
    short = Persona("^{initials}", brand="shop", channels=("x", "facebook"))
    personas = (own, short, Persona("Billie"))
    name = "Anna de Vries"
    assert signed("Morgen.", personas, brand="shop", channel=Channel.EMAIL, name=name) == "Morgen.\n\nGroet, Anna"
    assert signed("Morgen.", personas, brand="shop", channel=Channel.X, name=name) == "Morgen. ^AV"
    assert signed("Morgen. ^AV", personas, brand="shop", channel=Channel.X, name=name) == "Morgen. ^AV"
    assert signed("Morgen.", personas, brand="books", channel=Channel.X, name=name) == "Morgen.\n\nBillie"
    assert signed("Morgen.", personas, brand="books", channel=Channel.X, name=None) == "Morgen.\n\nBillie"
    assert signed("Morgen.", personas, brand="shop", channel=Channel.X, name=None) == "Morgen."
    assert signed("Morgen.", (), brand="shop", channel=Channel.X, name=name) == "Morgen."
