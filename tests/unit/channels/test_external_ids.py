"""What other systems call a sender: told through the webhook, believed only of a system that vouches for it."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.content import ExternalIdContent
from services.channels.domain.normal_form import NotUnderstood
from services.channels.providers.neutral_contact import EXTERNAL_IDS_MAX
from tests.unit.channels.test_webhook_door import arrived
from tests.unit.channels.webhook_payloads import contact

KNOWN = {"system": "shop", "value": "K-77", "url": "https://shop.example/K-77"}


def told(ids: list[dict[str, Any]], *, verified: bool = True, **more: Any) -> tuple[ExternalIdContent, ...]:
    sender = {"handles": [{"kind": "WEB", "value": "visitor-7"}], "verified": verified, "external_ids": ids}
    return arrived(contact(sender=sender, **more)).content.external_ids


def test_ids_of_a_sender_that_is_vouched_for_are_taken() -> None:
    assert told([KNOWN, {"system": "erp", "value": "7"}]) == (
        ExternalIdContent("shop", "K-77", "https://shop.example/K-77"),
        ExternalIdContent("erp", "7"),
    )


def test_nobodys_word_for_themselves_counts_and_ours_is_no_senders() -> None:
    assert told([KNOWN], verified=False) == ()
    assert told([KNOWN], direction="OUTBOUND") == ()


@pytest.mark.parametrize(
    ("ids", "field"),
    [
        ([{"system": "No System", "value": "7"}], "sender.external_ids"),
        ([{"system": "shop", "value": ""}], "sender.external_ids"),
        ([{"system": "shop", "value": "x" * 201}], "sender.external_ids"),
        ([{"system": "shop"}], "sender.external_ids"),
        ([KNOWN] * (EXTERNAL_IDS_MAX + 1), "sender.external_ids"),
    ],
)
def test_what_is_no_id_is_refused_by_its_field(ids: list[dict[str, Any]], field: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        told(ids)
    assert refused.value.field is not None
    assert refused.value.field.startswith(field)
