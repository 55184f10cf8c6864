"""What other systems call a customer: which ids are taken down, and when one is news."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.content import ExternalIdContent
from contracts.vocabulary import id_of
from services.case.domain.customer import Customer
from services.case.domain.customer_detail_facts import ExternalIdLearnt
from services.case.domain.texts import NAME_LENGTH_MAX, is_storable

EXTERNAL_IDS_OF_CUSTOMER_MAX = 50
SYSTEM: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
"""A system's name, in small letters."""


def external_id(customer_id: UUID, system: str, value: str) -> UUID:
    """The id of what a system calls a customer."""
    return id_of("external-id", str(customer_id), system, value)


def learn(customer: Customer, told: Sequence[ExternalIdContent], *, at: datetime) -> None:
    """Take down what a system that vouches for it calls the customer; what cannot be one is passed over.

    That another customer is called so is no refusal: both may turn out to be one (`queries/proposals`).
    """
    for each in told:
        system, value = each.system.strip().lower(), each.value.strip()
        if not (SYSTEM.fullmatch(system) and 0 < len(value) <= NAME_LENGTH_MAX and is_storable(value)):
            continue
        known = external_id(customer.id, system, value)
        news = known not in customer.external_ids or (each.url and customer.external_ids[known] != each.url)
        if news and (known in customer.external_ids or len(customer.external_ids) < EXTERNAL_IDS_OF_CUSTOMER_MAX):
            customer.trigger_event(
                ExternalIdLearnt, timestamp=at, external_id=known, system=system, value=value, url=each.url
            )
