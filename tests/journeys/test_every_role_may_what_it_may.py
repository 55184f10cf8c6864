"""Roles and subjects come from the token; tokens that are not ours are refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.support.shop import Shop

MUTATIONS: dict[str, dict[str, Any]] = {
    "CaseReply": {"text": "x"},
    "CaseNoteAdd": {"text": "x"},
    "CaseResolve": {},
    "GestureGive": {
        "kind": "REFUND",
        "reference": {"kind": "ORDER", "value": "7"},
        "amount": {"amount": "1.00", "currencyCode": "EUR"},
        "reason": "goodwill",
    },
    "ContactRecord": {"channel": "VOICE", "direction": "INBOUND", "text": "x"},
    "HandleAdd": {"kind": "EMAIL", "value": "x@customer.example"},
    "GestureApprove": {},
    "GestureDecline": {"reason": "x"},
    "AgentUpsert": {"ref": "nobody", "displayName": "x"},
}
ALLOWED: dict[str, set[str]] = {
    "AGENT": {"CaseReply", "CaseNoteAdd", "CaseResolve", "GestureGive", "ContactRecord", "HandleAdd"},
    "LEAD": set(MUTATIONS),
    "AUDITOR": set(),
    "PRIVACY": set(),
    "ADMIN": set(),
    "INTEGRATION": set(),
}


async def target(shop: Shop, number: str) -> dict[str, Any]:
    await shop.whatsapp(number, f"For the matrix {number}")
    return await shop.case_with_text(f"For the matrix {number}")


@pytest.mark.parametrize("role", sorted(ALLOWED))
async def test_a_role_is_refused_what_it_may_not_do(shop: Shop, number: str, role: str) -> None:
    subject = "anna" if role == "AGENT" else f"somebody-{role.lower()}"
    token = await shop.token(role.lower(), subject)
    case = await target(shop, number)
    for operation, fields in MUTATIONS.items():
        if operation in ALLOWED[role]:
            continue
        ids: dict[str, Any] = {
            "GestureApprove": {"gestureId": case["id"]},
            "GestureDecline": {"gestureId": case["id"]},
            "AgentUpsert": {},
            "HandleAdd": {"customerId": case["customer"]["id"]},
            "ContactRecord": {"customer": {"id": case["customer"]["id"]}},
        }.get(operation, {"caseId": case["id"]})
        payload = await shop.do(token, operation, **fields, **ids)
        assert [error["code"] for error in payload["errors"]] == ["FORBIDDEN"], (role, operation)
    unchanged = await shop.case(await shop.token("lead", "lena"), case["id"])
    assert len(unchanged["contacts"]["nodes"]) == 1


async def test_an_agent_says_only_for_oneself_to_be_here(shop: Shop) -> None:
    auditor = await shop.token("auditor", "olga")
    payload = await shop.do(auditor, "PresenceSet", presence="ONLINE")
    assert [error["code"] for error in payload["errors"]] == ["FORBIDDEN"]


async def test_an_auditor_reads_texts_only_for_a_purpose(shop: Shop, number: str) -> None:
    case = await target(shop, number)
    auditor = await shop.token("auditor", "olga")
    document = "query Q($id: ID!) { case(by: { id: $id }) { contacts(first: 5) { nodes { text textState } } } }"
    closed = await shop.graphql(auditor, document, {"id": case["id"]})
    (contact,) = closed["data"]["case"]["contacts"]["nodes"]
    assert contact == {"text": None, "textState": "NOT_PERMITTED"}
    opened = await shop.graphql(auditor, document, {"id": case["id"]}, **{"Eender-Purpose": "audit; ref=T-1"})
    (contact,) = opened["data"]["case"]["contacts"]["nodes"]
    assert contact["text"] == f"For the matrix {number}"


async def test_without_a_token_nothing_is_told(shop: Shop) -> None:
    url = f"http://127.0.0.1:{shop.port}/graphql"
    bare = await shop.http.post(url, json={"query": "{ viewer { kind } }"})
    assert bare.status_code == 401
    assert bare.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_token_that_somebody_changed_is_refused(shop: Shop) -> None:
    token = await shop.token("agent", "anna")
    header, claims, signature = token.split(".")
    padded = claims + "=" * (-len(claims) % 4)
    stronger = json.loads(base64.urlsafe_b64decode(padded))
    stronger["role"] = "LEAD" if stronger["role"].isupper() else "lead"
    forged = base64.urlsafe_b64encode(json.dumps(stronger).encode()).rstrip(b"=").decode()
    nothing = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').rstrip(b"=").decode()
    for bad in (f"{header}.{forged}.{signature}", f"{nothing}.{forged}.", "abc", f"{header}.{claims}."):
        answer = await shop.http.post(
            f"http://127.0.0.1:{shop.port}/graphql",
            json={"query": "{ viewer { kind } }"},
            headers={"Authorization": f"Bearer {bad}"},
        )
        assert answer.status_code == 401, bad
        assert "errors" in answer.json()


async def test_a_token_for_an_agent_who_is_none_is_not_issued(shop: Shop) -> None:
    done = shop.eender("token", "--role", "agent", "--subject", "nobody-here", check=False)
    assert done.returncode == 1
    assert "nobody-here" in done.stderr + done.stdout
