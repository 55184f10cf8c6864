"""A day at the desk of a running shop: what people do with cases, and how a test sees it."""

from __future__ import annotations

from typing import Any

from tests.support.shop import Shop, eventually

TEAMS = "{ agents(first: 50) { nodes { ref id teams { id ref } } } }"
WHO_AND_WHY = """query($id: ID!) { case(by: { id: $id }) {
  version tags priority waitingFor waitingUntil team { ref } viewing { ref }
  assignments { id reason note policyVersion agent { ref } team { ref } candidates { tier agent { ref } rejected } }
  customer { duo { owner { ref } } timeline { nodes { __typename ... on Commitment { promise: text status } } } }
} }"""
PROMISES = """query($where: CommitmentWhere) {
  commitments(where: $where) { totalCount nodes { id text status dueAt owner { ref } } }
}"""


def change(operation: str, more: str = "") -> str:
    """A mutation of the agent's day that the clients' documents do not have yet."""
    kind = operation[0].upper() + operation[1:]
    return f"""mutation($input: {kind}Input!) {{ {operation}(input: $input) {{
      {more} errors {{ __typename code message path }}
    }} }}"""


CASE = "version position case { id status waitingFor version tags priority }"


class Day:
    """The shop with its agents at their desks."""

    def __init__(self, shop: Shop, number: str) -> None:
        self.shop = shop
        self.number = number
        self._keys = 0

    async def change(self, token: str, operation: str, more: str = CASE, **fields: Any) -> dict[str, Any]:
        self._keys += 1
        fields.setdefault("idempotencyKey", f"{operation}-{self.number}-{self._keys}")
        if operation == "caseViewingSet":
            del fields["idempotencyKey"]
        answer = await self.shop.graphql(token, change(operation, more), {"input": fields})
        assert "errors" not in answer, answer
        payload: dict[str, Any] = answer["data"][operation]
        return payload

    async def case_of(self, ref: str, text: str) -> tuple[str, dict[str, Any]]:
        """A new customer's case that only this agent can take: the agent's token, and the case."""
        for other in ("anna", "bram", "carla"):
            await self.shop.online(other, "OFFLINE")
        token = await self.shop.online(ref)
        await self.shop.whatsapp(self.number, f"{text} {self.number}")
        case = await self.shop.case_with_text(f"{text} {self.number}")
        seen = await eventually(lambda: self.shop.case(token, case["id"]), lambda now: now["assignee"] is not None)
        assert seen["assignee"]["ref"] == ref
        return token, seen

    async def agents(self) -> dict[str, dict[str, Any]]:
        lead = await self.shop.token("lead", "lena")
        nodes = (await self.shop.graphql(lead, TEAMS))["data"]["agents"]["nodes"]
        return {node["ref"]: node for node in nodes}

    async def seen(self, case_id: str, token: str | None = None) -> dict[str, Any]:
        reader = token or await self.shop.token("lead", "lena")
        answer = await self.shop.graphql(reader, WHO_AND_WHY, {"id": case_id})
        assert "errors" not in answer, answer
        case: dict[str, Any] = answer["data"]["case"]
        return case


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["errors"]]
