"""What was filled in beside a text: the fields of a form, as those see them who work on the case."""

from __future__ import annotations

from typing import Any

import msgspec

from contracts.content import ContactContent

FIELDS_MAX = 50
NAME_LENGTH_MAX = 100
VALUE_LENGTH_MAX = 2_000
NUMBER_MAX = 2**53
"""What is larger comes back from where it is stored as another number."""


class ContactField(msgspec.Struct, frozen=True):
    """A field by its name, and what was filled in, as a text."""

    name: str
    value: str


def fields_of(content: ContactContent | None) -> tuple[ContactField, ...]:
    """What was filled in, in its order; empty ones, and what is no single value, are left out."""
    if content is None:
        return ()
    written = ((name, _written(value)) for name, value in content.fields.items())
    kept = [ContactField(name[:NAME_LENGTH_MAX], value[:VALUE_LENGTH_MAX]) for name, value in written if value]
    return tuple(kept[:FIELDS_MAX])


def _written(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float() if abs(value) < NUMBER_MAX:
            return str(value).removesuffix(".0")
        case str():
            return value.strip()
        case _:
            return ""
