"""The values of a plan: constants, those of arguments, and what an operation knows by itself."""

from __future__ import annotations

from typing import Any, NamedTuple

AMBIENT_TYPES = {
    "now": "timestamptz",
    "subject": "text",
    "own_agent": "uuid",
    "viewer_name": "text",
    "viewer_kind": "text",
    "viewer_roles": "text[]",
    "permissions": "text[]",
    "time_zone": "text",
    "language": "text",
    "channel_units": "jsonb",
    "playbooks": "jsonb",
}
"""What an operation knows by itself, and as what it is bound."""


PAYLOAD = "payload."
"""What the names of values begin with that a mutation's payload holds."""


class OfSite(NamedTuple):
    """A value of a field's arguments: the number of the place in the document, and of the value there."""

    site: int
    number: int


class OfOperation(NamedTuple):
    """What an operation knows by itself."""

    name: str


class Parameters:
    """Hands out the places of a statement, one for each value however often it is used."""

    def __init__(self) -> None:
        self.sources: list[OfSite | OfOperation] = []

    def of_site(self, site: int, number: int) -> str:
        """The place of an argument's value."""
        return self._place(OfSite(site, number))

    def of_operation(self, name: str) -> str:
        """The place of what the operation knows, with its type."""
        return f"{self._place(OfOperation(name))}::{AMBIENT_TYPES[name]}"

    def of_payload(self, name: str, kind: str) -> str:
        """The place of what a mutation's payload holds under this name, as `kind`."""
        return f"{self._place(OfOperation(PAYLOAD + name))}::{kind}"

    def _place(self, source: OfSite | OfOperation) -> str:
        if source not in self.sources:
            self.sources.append(source)
        return f"${self.sources.index(source) + 1}"


class Names(dict[str, str]):
    """What a template of the type map may name."""

    def __init__(self, names: dict[str, str], parameters: Parameters) -> None:
        super().__init__(names)
        self._parameters = parameters

    def __missing__(self, name: str) -> Any:
        return self._parameters.of_operation(name)
