"""An auditor asks who looked at a customer: the running shop tells, and nobody who works there can change it."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from infra.postgres import open_pool
from services.case.queries.access_log import verify_access_log
from tests.support.shop import Shop, eventually


async def test_an_auditor_sees_who_looked_at_a_customer_and_why(shop: Shop, number: str) -> None:
    await shop.whatsapp(number, f"Who looks at {number}?")
    lead = await shop.token("lead", "lena")
    case = await shop.case_with_text(f"Who looks at {number}?")
    customer_id = case["customer"]["id"]
    auditor = await shop.token("auditor", "olga")
    history = "query Why($id: ID!) { case(by: { id: $id }) { number history(first: 5) { nodes { type } } } }"
    await shop.graphql(auditor, history, {"id": case["id"]}, **{"Eender-Purpose": "audit; ref=T-9"})
    await shop.case(lead, case["id"])

    async def looked() -> dict[str, dict[str, Any]]:
        data = await shop.ask(auditor, "AccessLog", {"where": {"customerId": customer_id}, "first": 100})
        return {node["operation"]: node for node in data["accessLog"]["nodes"]}

    seen = await eventually(looked, lambda found: {"Why", "CaseScreen", "AccessLog"} <= set(found))
    assert (seen["Why"]["role"], seen["Why"]["action"], seen["Why"]["purpose"]) == ("AUDITOR", "READ", "audit; ref=T-9")
    assert (seen["CaseScreen"]["role"], seen["CaseScreen"]["purpose"]) == ("LEAD", None)
    assert seen["AccessLog"]["action"] == "LIST"


async def test_the_services_own_role_adds_to_the_log_and_cannot_change_it(shop: Shop) -> None:
    pool = await open_pool(shop.run()["databases"]["case"], application_name="test", size_max=1)
    try:
        for statement in (
            "DELETE FROM access.entries",
            "ALTER TABLE access.entries DISABLE TRIGGER only_added_to",
            "DROP SCHEMA access CASCADE",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await pool.execute(statement)
        assert (await verify_access_log(pool)).entries > 0
    finally:
        await pool.close()
