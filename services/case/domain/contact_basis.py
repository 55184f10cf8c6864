"""What lets us contact somebody who did not write to us about it."""

from __future__ import annotations

from enum import StrEnum


class ContactBasis(StrEnum):
    """What lets us contact somebody who did not write to us about it."""

    CUSTOMER_ASKED = "CUSTOMER_ASKED"
    CONTRACT = "CONTRACT"
    LEGITIMATE_INTEREST = "LEGITIMATE_INTEREST"
    CONSENT = "CONSENT"


OBJECTED_TO = frozenset({ContactBasis.LEGITIMATE_INTEREST, ContactBasis.CONSENT})
"""Those that fall when the customer objects: an objection ends our interest, and takes consent back."""
