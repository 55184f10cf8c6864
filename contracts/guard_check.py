"""What no single value of the guard rails' configuration shows: references, unknown places, what stays shut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from contracts.guards import Persona, RuleWord, VerdictWord
from contracts.installation import Configuration
from contracts.vocabulary import Channel

_PLACE = re.compile(r"\{([^{}]*)\}")
_PLACES = frozenset({"first_name", "initials"})
PLACES_MIN = 3
"""Less would fit any text."""
_SHUT: RuleWord = "public-personal-data"


def guard_complaint(configuration: Configuration) -> tuple[str, str] | None:
    """The key at fault and what is wrong with it; None: nothing."""
    return next(_complaints(configuration), None)


def _complaints(configuration: Configuration) -> Iterator[tuple[str, str]]:
    guards, press = configuration.guards, configuration.press_desk
    yield from _softened("guards.rules", guards.rules)
    for index, brand in enumerate(configuration.brands):
        yield from _softened(f"brands[{index}].guards", brand.guards)
    for name, words in msgspec.structs.asdict(guards.words).items():
        for index, word in enumerate(words or ()):
            if not any(character.isalnum() for character in word) or "*" in word.rstrip().removesuffix("*"):
                yield f"guards.words.{name}[{index}]", "expected words, with at most a * at the end"
    for index, pattern in enumerate(guards.order_numbers):
        if pattern.count("#") + pattern.count("@") < PLACES_MIN:
            yield f"guards.order_numbers[{index}]", "expected three or more of # (a figure) and @ (a letter)"
    if press is not None and press.team not in {team.ref for team in configuration.teams}:
        yield "press_desk.team", f"there is no team {press.team!r}"
    brands = {brand.ref for brand in configuration.brands}
    for index, persona in enumerate(configuration.personas):
        if (wrong := _persona_complaint(persona, brands)) is not None:
            yield f"personas[{index}].{wrong[0]}", wrong[1]


def _softened(key: str, rules: Mapping[RuleWord, VerdictWord]) -> Iterator[tuple[str, str]]:
    if rules.get(_SHUT, "block") != "block":
        yield f"{key}.{_SHUT}", "personal data is never said in public: expected block"


def _persona_complaint(persona: Persona, brands: set[str]) -> tuple[str, str] | None:
    if persona.brand is not None and persona.brand not in brands:
        return "brand", f"there is no brand {persona.brand!r}"
    for index, path in enumerate(persona.channels):
        if Channel.from_path(path) is None:
            return f"channels[{index}]", "expected a channel such as x"
    unknown = [name for name in _PLACE.findall(persona.signature) if name not in _PLACES]
    if unknown:
        return "signature", f"expected {{first_name}} or {{initials}}, not {{{unknown[0]}}}"
    return None
