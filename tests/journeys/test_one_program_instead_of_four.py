"""What webcare teams had several programs for is done here: alerts, signalling together, monitoring, and a suite."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack
from itertools import count
from typing import Any
from xml.sax.saxutils import escape

import pytest

from services.channels.domain.verification import sign
from services.channels.providers import x
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import CONFIGURATION
from tests.support.site import Site
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.unit.channels import x_payloads

CONSUMER_SECRET, AGENCY = "consumer-secret-of-a-test", "Basic YWdlbmN5OmtleQ=="
SETTING = """
[[agents]]
ref = "billie"
name = "Billie"
kind = "bot"
principal = "svc-billie"
team = "care"
capacity_units = 200

[[channel_accounts]]
channel = "feed"
account = "alerts"
brand = "shop"
mode = "proactive"
feed_url = "%s/alerts.atom"
feed_may_be_local = true

[[channel_accounts]]
channel = "x"
account = "x-1"
brand = "shop"
secrets = {{ consumer_secret = "%s" }}

[[channel_accounts]]
channel = "media"
account = "agency"
brand = "shop"
secrets = {{ authorization = "%s" }}

[staff_privacy]
group_size_min = 1

[guards]
double_reply_seconds = 0
"""
ALERTS = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:idx="urn:atom-extension:indexing">
<id>tag:google.com,2013:googlealerts/feed:1</id><title>Google Alert - "The Shop"</title>
<link href="https://www.google.com/alerts/feeds/1/2" rel="self"/><updated>%(at)s</updated>%(entries)s</feed>"""
ALERT = """<entry><id>tag:google.com,2013:googlealerts/feed:%(id)s</id><title type="html">%(title)s</title>
<link href="https://www.google.com/url?rct=j&amp;sa=t&amp;url=%(url)s&amp;ct=ga"/>
<published>%(at)s</published><updated>%(at)s</updated>
<content type="html">%(text)s</content><author><name/></author></entry>"""
FOUND = (
    ("1", "Klacht over &lt;b&gt;The Shop&lt;/b&gt;", "Mijn pakket is nog steeds niet geleverd, dit is een klacht."),
    ("2", "&lt;b&gt;The Shop&lt;/b&gt; wint prijs", "Persbericht: de winkel is genomineerd voor een prijs."),
    ("3", "Blij met &lt;b&gt;The Shop&lt;/b&gt;", "Compliment: top service, heel tevreden."),
)
MENTIONS = """query($where: MentionWhere) { mentions(where: $where, first: 100) { totalCount
  nodes { id channel text outcome url occurredAt contact { id } } } }"""
PROMOTE = """mutation($input: MentionPromoteInput!) { mentionPromote(input: $input) { errors { code } case { id } } }"""
TRENDS = """query($since: DateTime) { report(kind: TRENDS, since: $since) { rows } }"""
_ids = count(4_444_000_000_000_000_000)


def alerts() -> bytes:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3_600))
    entries = [
        ALERT % {"id": id_, "title": title, "text": escape(text), "url": f"https://news.example/{id_}", "at": at}
        for id_, title, text in FOUND
    ]
    return (ALERTS % {"at": at, "entries": "".join(entries)}).encode()


class Suite:
    """A shop with an alert feed, X, WhatsApp, a monitoring agency and a bot."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> None:
        url = f"http://127.0.0.1:{self.shop.port + 1}/channels/{path}"
        answer = await self.shop.http.post(url, content=body, headers=headers)
        assert answer.status_code in {200, 202}, answer.text

    async def x(self, text: str, **more: Any) -> None:
        rule: Any = x.spec.verification
        author, now_ms = x_payloads.user(str(next(_ids))), str(int(time.time() * 1000))
        post = x_payloads.post(text, **{"id_str": str(next(_ids)), "user": author, "timestamp_ms": now_ms, **more})
        body = json.dumps(x_payloads.posts(post)).encode()
        await self._post("x/x-1", body, {rule.header: sign(rule, body, CONSUMER_SECRET)})

    async def broadcast(self, text: str) -> None:
        told = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        item = {"id": str(next(_ids)), "type": "broadcast", "outlet": "Radio Noord", "text": text, "published_at": told}
        await self._post("media/agency", json.dumps({"documents": [item]}).encode(), {"Authorization": AGENCY})

    async def mentions(self, enough: int, **where: Any) -> list[dict[str, Any]]:
        lead = await self.shop.token("lead", "lena")

        async def look() -> list[dict[str, Any]]:
            answer = await self.shop.graphql(lead, MENTIONS, {"where": where})
            return list(answer["data"]["mentions"]["nodes"])

        return await eventually(look, lambda nodes: len(nodes) >= enough)

    async def trends(self) -> Counter[tuple[str, str]]:
        """How much was counted lately, by channel and class."""
        answer = await self.shop.graphql(await self.shop.token("lead", "lena"), TRENDS)
        rows = [row for row in answer["data"]["report"]["rows"] if row["cause"] is None]
        return Counter({(row["channel"], row["class"]): row["counted"] for row in rows})


@pytest.fixture(scope="module")
async def suite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Suite]:
    with ExitStack() as closing:
        whatsapp, site = WhatsAppStandIn(), Site()
        closing.callback(whatsapp.close)
        closing.callback(site.close)
        site.answers["/alerts.atom"] = (200, {"content-type": "application/atom+xml"}, alerts())
        configuration = CONFIGURATION + SETTING % (site.url, CONSUMER_SECRET, AGENCY)
        shop = Shop(tmp_path_factory.mktemp("suite"), whatsapp, configuration=configuration)
        await asyncio.to_thread(shop.start)
        closing.callback(shop.stop)
        yield Suite(shop)
        await shop.http.aclose()


async def test_s112_an_alert_feed_is_read_by_itself_and_only_what_needs_somebody_is_a_case(suite: Suite) -> None:
    heard = await suite.mentions(2, channel="FEED")
    texts = " ".join(node["text"] for node in heard)
    assert "genomineerd" in texts
    assert "tevreden" in texts
    assert "<b>" not in texts
    assert all("https://news.example/" in node["url"] for node in heard)
    assert {node["outcome"] for node in heard} == {"NO_REPLY"}
    lead = await suite.shop.token("lead", "lena")
    cases = (await suite.shop.ask(lead, "Cases", {"where": {"channel": "FEED"}}))["cases"]["nodes"]
    (case,) = [await suite.shop.case(lead, case["id"]) for case in cases]
    (contact,) = case["contacts"]["nodes"]
    assert "nog steeds niet geleverd" in contact["text"]
    assert len(await suite.mentions(2, channel="FEED")) == 2, "the complaint is nobody's mention as well"


async def test_s113_several_people_signal_and_take_up_from_one_queue_and_nobody_does_work_twice(suite: Suite) -> None:
    anna, bram = await suite.shop.online("anna"), await suite.shop.online("bram")
    await suite.x("The Shop heeft prachtige fietsen, bedankt", entities={"user_mentions": []})
    (praise,) = await suite.mentions(1, channel="X")

    async def take(token: str) -> dict[str, Any]:
        fields = {"mentionId": praise["id"], "reason": "we thank them", "idempotencyKey": f"take-{token[-12:]}"}
        answer = await suite.shop.graphql(token, PROMOTE, {"input": fields})
        return dict(answer["data"]["mentionPromote"])

    first, second = await asyncio.gather(take(anna), take(bram))
    assert first["errors"] == second["errors"] == []
    assert first["case"]["id"] == second["case"]["id"], "of two who take it up both get the same case"
    for number in range(6):
        await suite.x(f"@shop waar is pakket {number}?")

    async def shared() -> list[list[str]]:
        inboxes = [await suite.shop.inbox(token) for token in (anna, bram)]
        return [[case["id"] for case in inbox if "X" in case["channels"]] for inbox in inboxes]

    annas, brams = await eventually(shared, lambda inboxes: sum(map(len, inboxes)) == 7)
    assert annas
    assert brams
    assert set(annas).isdisjoint(brams)


async def test_s114_what_is_said_is_counted_by_source_and_kind_whether_it_became_a_case_or_not(suite: Suite) -> None:
    before = await suite.trends()
    for _ in range(3):
        await suite.x("@shop wanneer komt mijn pakket?")
    await suite.x("The Shop doet het slecht, een klacht", entities={"user_mentions": []})
    for _ in range(2):
        await suite.broadcast("Persbericht: The Shop opent een winkel in Assen.")
    more = {("X", "QUESTION"): 3, ("X", "COMPLAINT"): 1, ("MEDIA", "NEWS"): 2}

    async def counted() -> bool:
        return await suite.trends() - before == Counter(more)

    await eventually(counted)
    told = json.loads((await asyncio.to_thread(suite.shop.eender, "report", "trends", "--json")).stdout)
    by_command = {(row["channel"], row["class"]): row["counted"] for row in told["rows"] if row["cause"] is None}
    assert Counter(by_command) == await suite.trends()
    broadcasts = await suite.mentions(2, channel="MEDIA")
    assert len(broadcasts) == 2
    radio = next(row for row in told["rows"] if row["channel"] == "MEDIA")
    assert (radio["brand"], radio["mentions"], radio["periods"]) == ("shop", 2, 0)


async def test_s115_s090_a_bot_asks_for_the_basics_and_a_colleague_goes_on_in_the_same_case(
    suite: Suite, number: str
) -> None:
    shop = suite.shop
    for ref in ("anna", "bram"):
        await shop.online(ref, "OFFLINE")
    billie = await shop.token("integration", "svc-billie")
    await shop.done(billie, "PresenceSet", presence="ONLINE")
    await shop.whatsapp(number, "Mijn bestelling is er niet")
    case = await shop.case_with_text("Mijn bestelling is er niet")
    mine = await eventually(lambda: shop.inbox(billie), lambda cases: case["id"] in {each["id"] for each in cases})
    assert mine
    await shop.done(billie, "CaseReply", caseId=case["id"], text="Wat is je bestelnummer?")
    await shop.whatsapp(number, "Bestelnummer 4711")
    anna = await shop.online("anna")
    agent = (await shop.ask(anna, "Me"))["viewer"]["agent"]
    reason = "the order number is 4711"
    await eventually(lambda: shop.case(billie, case["id"]), lambda told: len(told["contacts"]["nodes"]) == 3)
    await shop.done(billie, "CaseTransfer", caseId=case["id"], agentId=agent["id"], reason=reason)
    taken = await eventually(
        lambda: shop.case(anna, case["id"]), lambda told: (told["assignee"] or {}).get("id") == agent["id"]
    )
    assert [contact["text"] for contact in taken["contacts"]["nodes"]] == [
        "Mijn bestelling is er niet", "Wat is je bestelnummer?", "Bestelnummer 4711",
    ]  # fmt: skip
    await shop.done(anna, "CaseReply", caseId=case["id"], text="Hij komt morgen, met onze excuses.")
    sent = await eventually(
        lambda: asyncio.sleep(0, [call for call in shop.stand_in.sent if "morgen" in json.dumps(call.body)])
    )
    assert len(sent) == 1
