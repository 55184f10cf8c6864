"""A forum, X, a review site and mail through triage: who asks gets a case, the rest is heard, and one is taken up."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest

from services.channels.domain.verification import sign
from services.channels.providers import x
from tests.support.mail_stand import AUTHSERV_ID, PASSWORD, Dovecot, dovecot, mail
from tests.support.platform_stand_in import Answered, PlatformStandIn, Sent
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import CONFIGURATION
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.unit.channels import review_payloads, x_payloads
from tests.unit.channels.feed_payloads import json_feed

SUPPORT = "support@shop.example"
HUB_SECRET, CONSUMER_SECRET, REVIEWS_KEY = "hub-secret-of-a-test", "consumer-secret-of-a-test", "reviews-key-of-a-test"
TRIAGE = f"""
[[channel_accounts]]
channel = "feed"
account = "forum"
brand = "shop"
mode = "listen"
secrets = {{{{ hub_secret = "{HUB_SECRET}" }}}}

[[channel_accounts]]
channel = "x"
account = "x-1"
brand = "shop"
secrets = {{{{ consumer_secret = "{CONSUMER_SECRET}" }}}}

[[channel_accounts]]
channel = "trustpilot"
account = "reviews"
brand = "shop"
secrets = {{{{ authorization = "{REVIEWS_KEY}" }}}}

[[channel_accounts]]
channel = "email"
account = "{SUPPORT}"
brand = "shop"
mailbox = "imap://127.0.0.1:%d/INBOX"
authserv_id = "{AUTHSERV_ID}"
secrets = {{{{ password = "{PASSWORD}" }}}}

[[triage]]
reason = "the contest is over"
channels = ["x"]
words = ["winactie*"]
answer = "no"

[classifier]
url = "%s/words"
secret = "words-secret-of-a-test"
timeout_ms = 2000
"""
MENTIONS = """query { mentions(first: 100) { totalCount nodes { id channel authorMasked text textState outcome
  outcomeReason url contact { id } } } }"""
PROMOTE = """mutation($input: MentionPromoteInput!) { mentionPromote(input: $input) { errors { code }
  case { id number customer { displayName } } contact { id text occurredAt } } }"""
_ids = count(3_333_000_000_000_000_000)


class WordsStandIn(PlatformStandIn):
    """Knows irony; agrees with the rules about all else."""

    def taken(self, sent: Sent, number: int) -> Answered:
        del number
        ironic = "lekker bezig" in sent.body["text"]
        return Answered(200, {"class": "complaint" if ironic else sent.body["suggested"]})


class Town:
    """A shop that listens on all of these channels."""

    def __init__(self, shop: Shop, server: Dovecot, words: WordsStandIn) -> None:
        self.shop = shop
        self.server = server
        self.words = words

    async def _post(self, path: str, payload: dict[str, Any], headers: Any) -> None:
        body = json.dumps(payload).encode()
        url = f"http://127.0.0.1:{self.shop.port + 1}/channels/{path}"
        answer = await self.shop.http.post(url, content=body, headers=headers(body))
        assert answer.status_code in {200, 202}, answer.text

    async def forum(self, text: str) -> None:
        def signed(body: bytes) -> dict[str, str]:
            mac = hmac.new(HUB_SECRET.encode(), body, hashlib.sha256).hexdigest()
            return {"content-type": "application/feed+json", "X-Hub-Signature": f"sha256={mac}"}

        url = f"https://forum.example/{next(_ids)}"
        told = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        await self._post("feed/forum", json_feed(text, id=url, url=url, date_published=told), signed)

    async def x(self, text: str, **more: Any) -> None:
        rule: Any = x.spec.verification
        now_ms = str(int(time.time() * 1000))
        author = x_payloads.user(str(next(_ids)))
        post = x_payloads.post(text, **{"id_str": str(next(_ids)), "user": author, "timestamp_ms": now_ms, **more})
        await self._post("x/x-1", x_payloads.posts(post), lambda body: {rule.header: sign(rule, body, CONSUMER_SECRET)})

    async def review(self, event: dict[str, Any]) -> None:
        """Written now: what is older than mentions are kept would go while it is looked for."""
        event["eventData"]["createdAt"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        await self._post("trustpilot/reviews", {"events": [event]}, lambda _body: {"Authorization": REVIEWS_KEY})

    def mail(self, text: str, **more: Any) -> None:
        number = next(_ids)
        sender = f"Kim <kim{number}@customer.example>"
        self.server.deliver(SUPPORT, mail(text, sender=sender, message_id=f"<{number}@customer.example>", **more))

    async def mentions(self, how_many: int) -> dict[str, dict[str, Any]]:
        """By how their texts begin."""
        lead = await self.shop.token("lead", "lena")

        async def look() -> list[dict[str, Any]]:
            answer = await self.shop.graphql(lead, MENTIONS)
            return list(answer["data"]["mentions"]["nodes"])

        found = await eventually(look, lambda nodes: len(nodes) == how_many)
        return {(node["text"] or "").strip(): node for node in found}


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    with ExitStack() as closing:
        whatsapp, words = WhatsAppStandIn(), WordsStandIn()
        for stand_in in (whatsapp, words):
            closing.callback(stand_in.close)
        server = closing.enter_context(dovecot())
        configuration = CONFIGURATION + TRIAGE % (server.port, words.url)
        shop = Shop(tmp_path_factory.mktemp("town"), whatsapp, configuration=configuration)
        await asyncio.to_thread(shop.start)
        closing.callback(shop.stop)
        yield Town(shop, server, words)
        await shop.http.aclose()


async def test_s035_s048_who_asks_gets_a_case_and_the_rest_is_heard_until_somebody_takes_it_up(town: Town) -> None:
    anna = await town.shop.online("anna")
    await town.forum("Mijn fiets van The Shop is kapot, nog steeds niet opgelost")
    await town.x("@shop bedankt, top service!")
    await town.x("@shop lekker bezig weer")
    await town.x("@shop wanneer is de winactie?")
    await town.x("@shop waar is mijn pakket?")
    await town.review(review_payloads.review(id="r1", stars=5, title="Fijn", text="Snel en netjes"))
    await town.review(review_payloads.review(id="r2", stars=1, title="Slecht", text="Twee weken wachten"))
    town.mail("Bedankt voor je bericht, ik ben er maandag weer.", subject="Afwezig", auto_submitted="auto-replied")
    town.mail("Graag hoor ik wanneer mijn bestelling komt.")

    for text in ("@shop lekker bezig weer", "@shop waar is mijn pakket?", "Twee weken wachten"):
        assert (await town.shop.case_with_text(text))["assignee"] is not None
    heard = await town.mentions(5)
    found = {text: (node["channel"], node["outcome"], node["outcomeReason"]) for text, node in heard.items()}
    assert found == {
        "Mijn fiets van The Shop is kapot, nog steeds niet opgelost": (
            "FEED", "NO_REPLY", "a complaint (by the classifier): the account only listens"),
        "@shop bedankt, top service!": ("X", "NO_REPLY", "praise (by the classifier): it asks nothing of us"),
        "@shop wanneer is de winactie?": ("X", "NO_REPLY", "asks something (by the classifier): the contest is over"),
        "Snel en netjes": ("TRUSTPILOT", "NO_REPLY", "praise (by the classifier): it asks nothing of us"),
        "Bedankt voor je bericht, ik ben er maandag weer.": (
            "EMAIL", "NOISE", "only tells of an order or of absence (sent by a machine): there is nothing to answer"),
    }  # fmt: skip
    assert all("Afwezig" not in str(sent.body) for sent in town.words.sent), "it sees what is public alone"

    complaint = heard["Mijn fiets van The Shop is kapot, nog steeds niet opgelost"]
    fields = {"mentionId": complaint["id"], "reason": "We can repair that", "idempotencyKey": "up"}
    payload = (await town.shop.graphql(anna, PROMOTE, {"input": fields}))["data"]["mentionPromote"]
    assert payload["errors"] == []
    assert payload["contact"]["text"] == complaint["text"]
    case = await eventually(lambda: town.shop.case(anna, payload["case"]["id"]), lambda case: bool(case["assignee"]))
    assert case["channels"] == ["FEED"]
    again = (await town.shop.graphql(anna, PROMOTE, {"input": {**fields, "idempotencyKey": "again"}}))["data"]
    assert again["mentionPromote"]["case"]["id"] == case["id"]
    assert (await town.mentions(5))[complaint["text"]]["contact"]["id"] == payload["contact"]["id"]


async def test_a_review_that_is_taken_back_leaves_no_words(town: Town) -> None:
    await town.review(review_payloads.review(id="r3", stars=5, text="Heel blij met The Shop", consumer={"id": "c-3"}))
    before = await town.mentions(6)
    assert "Heel blij met The Shop" in before
    await town.review({**review_payloads.review(id="r3"), "eventName": "service-review-deleted"})

    async def gone() -> bool:
        return "Heel blij met The Shop" not in await town.mentions(6)

    await eventually(gone)
