"""Templates of the configuration: what can be sent must be possible to fill in and to find."""

from __future__ import annotations

import pytest

from contracts.configuration import Configuration, ConfigurationError, parse_configuration

TEMPLATE = """
[[brands]]
ref = "shop"
name = "The Shop"
[[templates]]
name = "hello"
language = "nl"
"""


def parse(text: str) -> Configuration:
    return parse_configuration(text, {}, lambda path: path)


def test_a_template_is_read_with_its_places() -> None:
    (template,) = parse(TEMPLATE + 'body = "Hallo {{1}}, {{2}}!"\nbrand = "shop"').templates
    assert (template.name, template.language, template.category) == ("hello", "nl", "utility")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('body = "Hallo {{2}}!"', "templates[0].body"),
        ('body = "Hallo {{name}}!"', "templates[0].body"),
        ('body = "Hallo!"\nbrand = "outlet"', "templates[0].brand"),
        ('body = "Hallo!"\naccount = "waba-9"', "templates[0].account"),
        ('body = "Hallo!"\n[[templates]]\nname = "hello"\nlanguage = "NL"\nbody = "Hoi!"', "templates[1].name"),
    ],
)
def test_a_template_that_cannot_be_filled_in_or_found_is_refused(line: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse(TEMPLATE + line)
    assert refused.value.key == key
