"""A shop that says things to everybody: its page and its account on X, who drafts and decides, and who answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from itertools import count
from typing import Any

from contracts.vocabulary import Channel, id_of
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from tests.support.platform_stand_in import PlatformStandIn, Sent
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import APP_SECRET

PAGE, OUR_X = "111000111000111", "1111111111111111111"
FACEBOOK = """
[[channel_accounts]]
channel = "facebook"
account = "page-1"
brand = "shop"
platform_id = "111000111000111"
secrets = {{ app_secret = "{app_secret}", verify_token = "{verify_token}", access_token = "token-of-a-test" }}
api_base = "{api_base}"
"""
X = """
[[channel_accounts]]
channel = "x"
account = "shop"
brand = "shop"
secrets = {{ consumer_secret = "{app_secret}", access_token = "%(token)s" }}
api_base = "%(url)s"
"""
FIELDS = """id version state text asksCommunity publishAt publishedAt url declineReason rules channel
  account { ref } requestedBy { displayName } decidedBy { displayName } failure { code message }"""
DRAFT = f"""mutation($input: PublicationDraftInput!) {{ publicationDraft(input: $input) {{
  publication {{ {FIELDS} }} version errors {{ code message path ... on GuardRefusal {{ rule confirmToken }} }} }} }}"""
DECIDE = """mutation($input: Publication%(verb)sInput!) { publication%(verb)s(input: $input) {
  publication { id state declineReason } errors { code message path } } }"""
SEEN = f"""query($id: ID!) {{ node(id: $id) {{ ... on Publication {{ {FIELDS}
  answers(first: 20) {{ nodes {{ __typename ... on Contact {{ text visibility case {{ id }} }} ... on Mention {{ text
    outcomeReason }} }} pageInfo {{ hasNextPage }} }}
  answerSummary {{ answers mentions positive negative firstAt byClass {{ class answers mentions }} }} }} }} }}"""
_numbers = count(1)


def account(channel: Channel, name: str) -> str:
    return str(ids.encode(IdType.ACCOUNT, id_of("account", channel, name)))


async def draft(shop: Shop, token: str, text: str, **more: Any) -> dict[str, Any]:
    asked = {"accountId": account(Channel.FACEBOOK, "page-1"), "text": text, "idempotencyKey": f"d-{next(_numbers)}"}
    answer = await shop.graphql(token, DRAFT, {"input": asked | more})
    return dict(answer["data"]["publicationDraft"])


async def decide(shop: Shop, token: str, verb: str, publication_id: str, **more: Any) -> dict[str, Any]:
    asked = {"publicationId": publication_id, "idempotencyKey": f"{verb}-{next(_numbers)}", **more}
    answer = await shop.graphql(token, DECIDE % {"verb": verb}, {"input": asked})
    return dict(answer["data"][f"publication{verb}"])


async def seen(shop: Shop, token: str, publication_id: str) -> dict[str, Any]:
    answer = await shop.graphql(token, SEEN, {"id": publication_id})
    return dict(answer["data"]["node"])


async def in_state(shop: Shop, token: str, publication_id: str, state: str) -> dict[str, Any]:
    async def look() -> dict[str, Any]:
        return await seen(shop, token, publication_id)

    return await eventually(look, lambda found: found["state"] == state)


async def published(shop: Shop, token: str, text: str, **more: Any) -> dict[str, Any]:
    """Drafted by the one, approved by a lead, and on its platform."""
    drafted = await draft(shop, token, text, **more)
    assert drafted["errors"] == [], drafted
    lena = await shop.token("lead", "lena")
    approved = await decide(shop, lena, "Approve", drafted["publication"]["id"])
    assert approved["errors"] == [], approved
    return await in_state(shop, token, drafted["publication"]["id"], "PUBLISHED")


def posted(stand_in: PlatformStandIn, text: str) -> list[Sent]:
    return [each for each in list(stand_in.sent) if text in json.dumps(each.body)]


async def tell_facebook(shop: Shop, value: dict[str, Any]) -> None:
    change = {"field": "feed", "value": {"created_time": int(time.time()), "verb": "add", **value}}
    raw = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": int(time.time()), "changes": [change]}]})
    signature = "sha256=" + hmac.new(APP_SECRET.encode(), raw.encode(), hashlib.sha256).hexdigest()
    answer = await shop.http.post(
        f"http://127.0.0.1:{shop.port + 1}/channels/facebook/page-1",
        content=raw.encode(),
        headers={"content-type": "application/json", "X-Hub-Signature-256": signature},
    )
    assert answer.status_code == 200, answer.text


async def comment(shop: Shop, post_id: str, text: str, *, beneath: str | None = None) -> str:
    """Somebody comments beneath a post of ours, or beneath a comment there; gives the comment's id."""
    number = next(_numbers)
    comment_id = f"500_{number}"
    author = {"id": str(777000777000000 + number), "name": f"Person {number}"}
    place = {"post_id": post_id, "parent_id": beneath or post_id}
    await tell_facebook(shop, {"item": "comment", "comment_id": comment_id, "from": author, "message": text, **place})
    return comment_id


async def answered(shop: Shop, token: str, publication_id: str, answers: int) -> dict[str, Any]:
    async def look() -> dict[str, Any]:
        return await seen(shop, token, publication_id)

    return await eventually(look, lambda found: len(found["answers"]["nodes"]) >= answers)


async def tell_x(shop: Shop, kind: str, payload: dict[str, Any]) -> None:
    event = {"event_uuid": f"e-{next(_numbers)}", "filter": {"user_id": OUR_X}, "event_type": kind, "payload": payload}
    raw = json.dumps({"data": event}).encode()
    digest = base64.b64encode(hmac.new(APP_SECRET.encode(), raw, hashlib.sha256).digest()).decode()
    answer = await shop.http.post(
        f"http://127.0.0.1:{shop.port + 1}/channels/x/shop",
        content=raw,
        headers={"content-type": "application/json", "x-twitter-webhooks-signature": f"sha256={digest}"},
    )
    assert answer.status_code == 200, answer.text
