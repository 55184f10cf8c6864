"""What the configuration says of playbooks: every complaint names its key, and says what was expected."""

from __future__ import annotations

import pytest

from contracts.configuration import Configuration, ConfigurationError, parse_configuration

BOOK = '[[playbooks]]\nsituation = "Late"\n'
ANSWERED = BOOK + 'answer = "Say when."\n'


def read(text: str) -> Configuration:
    return parse_configuration(text, {}, lambda path: path)


def test_s080_a_situation_is_read_with_its_conditions_in_the_words_of_the_file() -> None:
    (rule,) = read(ANSWERED + 'channels = ["google-reviews"]\nfound = ["buying-signal"]\ncauses = ["any"]').playbooks
    assert (rule.situation, rule.answer, rule.channels, rule.causes) == (
        "Late",
        "Say when.",
        ("google-reviews",),
        ("any",),
    ), "without any causes whichever will do"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (BOOK, "playbooks[0].answer"),
        ('[[playbooks]]\nanswer = "a"', "playbooks[0].situation"),
        (BOOK + 'answer = ""', "playbooks[0].answer"),
        (BOOK + f'tone = "{"a" * 2001}"', "playbooks[0].tone"),
        (ANSWERED + 'brand = "nobody"', "playbooks[0].brand"),
        (ANSWERED + 'channels = ["x", "pigeon"]', "playbooks[0].channels[1]"),
        (ANSWERED + 'visibility = "secret"', "playbooks[0].visibility"),
        (ANSWERED + 'found = ["anger"]', "playbooks[0].found[0]"),
        (ANSWERED + 'priorities = ["soon"]', "playbooks[0].priorities[0]"),
        (ANSWERED + 'causes = ["any"]\n[[causes]]\ncode = "late"\narea = "service"', "playbooks[0].causes[0]"),
        (ANSWERED + 'template = "sorry"', "playbooks[0].template"),
        (ANSWERED + 'needs = ["shoe-size"]', "playbooks[0].needs[0]"),
        (ANSWERED + 'needs = ["email", "order"]', "playbooks[0].needs[1]"),
        (ANSWERED + 'pattern = "(a+)+"', "playbooks[0].pattern"),
        (ANSWERED + 'tone = "a\\u0000b"', "playbooks[0].tone"),
        (ANSWERED + 'tags = ["vip", "\\u0000"]', "playbooks[0].tags[1]"),
        (ANSWERED * 201, "playbooks"),
    ],
)
def test_s080_each_complaint_names_its_key(text: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(text)
    assert raised.value.key == key
