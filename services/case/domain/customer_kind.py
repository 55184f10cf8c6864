"""What sort of customer: nobody asks before it matters."""

from __future__ import annotations

from enum import StrEnum


class CustomerKind(StrEnum):
    """A person, an organisation, or not known yet."""

    UNKNOWN = "UNKNOWN"
    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"
