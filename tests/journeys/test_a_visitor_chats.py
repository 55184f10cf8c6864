"""A visitor chats from a page of the shop, in a real browser: the line breaks, and nothing is lost or comes twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from services.channels.domain.chat_identity import Identity, sign_identity
from services.channels.http.widget import WIDGET
from tests.support.chromium import Chromium, chromium, chromium_path
from tests.support.line_cutter import LineCutter
from tests.support.shop import Shop
from tests.support.shop_configuration import CONFIGURATION
from tests.support.site import Site
from tests.support.whatsapp_stand_in import WhatsAppStandIn

KEY, IDENTITY_SECRET = "widget-key-of-a-test", "identity-secret-of-a-test"
ACCOUNT = """
[[channel_accounts]]
channel = "chat"
account = "web"
brand = "shop"
allowed_origins = ["{origin}"]
secrets = {{{{ widget_key = "{key}", identity_secret = "{secret}" }}}}
"""
WAIT_S_MAX = 20.0
NASTY = "<script>window.bad = 1</script><img src=x onerror='window.bad = 1'>"
ITEMS = "[...document.querySelector('div').shadowRoot.querySelectorAll('li')].map((each) => each.textContent)"


@dataclass
class Street:
    """The shop, its site, and the line from the visitor's browser to the chat, which may be cut."""

    shop: Shop
    site: Site
    line: LineCutter
    browser: Chromium

    def visit(self, **more: str) -> None:
        """Open the shop's page in a fresh document, with what the browser kept."""
        data = "".join(f' data-{name}="{value}"' for name, value in {"key": KEY, **more}.items())
        page = (
            f'<!doctype html><html lang="en"><title>Shop</title><body>'
            f'<script src="{self.line.url}/channels/chat/web/widget.js"{data}></script></body></html>'
        )
        self.site.answers["/"] = (200, {"content-type": "text/html; charset=utf-8"}, page.encode())
        self.browser.send("Page.navigate", url=f"{self.site.url}/")
        self.until("!!document.querySelector('div')?.shadowRoot", lambda found: found is True)

    def until(self, expression: str, enough: Any) -> Any:
        deadline = time.monotonic() + WAIT_S_MAX
        while True:
            found = self.browser.run(expression)
            if enough(found):
                return found
            assert time.monotonic() < deadline, f"not in time; the last was {found!r}"
            time.sleep(0.05)

    def open_panel(self) -> None:
        self.browser.run("document.querySelector('div').shadowRoot.getElementById('open').click()")

    def write(self, text: str) -> None:
        """As somebody types and presses the button."""
        self.browser.run(
            "(() => { const root = document.querySelector('div').shadowRoot;"
            f"root.getElementById('say').value = {text!r}; root.querySelector('form button').click(); }})()"
        )

    def items(self, *expected: str) -> None:
        self.until(ITEMS, lambda found: found == list(expected))


@pytest.fixture(scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    chromium_path()
    with ExitStack() as closing:
        whatsapp, site = WhatsAppStandIn(), Site()
        closing.callback(whatsapp.close)
        closing.callback(site.close)
        chat = ACCOUNT.format(origin=site.url, key=KEY, secret=IDENTITY_SECRET)
        shop = Shop(tmp_path_factory.mktemp("street"), whatsapp, configuration=CONFIGURATION + chat)
        shop.start()
        closing.callback(shop.stop)
        line = LineCutter(shop.port + 1)
        closing.callback(line.close)
        browser = closing.enter_context(chromium(tmp_path_factory.mktemp("chromium") / "profile"))
        browser.speak("en-GB,en")
        yield Street(shop, site, line, browser)
        await shop.http.aclose()


async def status_of(street: Street, token: str, case_id: str, contact_id: str, status: str) -> None:
    deadline = time.monotonic() + WAIT_S_MAX
    while True:
        nodes = (await street.shop.case(token, case_id))["contacts"]["nodes"]
        found = next((each["deliveryStatus"] for each in nodes if each["id"] == contact_id), None)
        if found == status:
            return
        assert time.monotonic() < deadline, f"still {found}"
        await asyncio.sleep(0.05)


async def test_s004_a_visitor_and_an_agent_talk_while_the_line_breaks_and_nothing_is_lost_or_doubled(
    street: Street,
) -> None:
    anna = await street.shop.online("anna")
    street.visit()
    street.open_panel()
    street.write("Where is my parcel?")
    street.items("You: Where is my parcel?")
    case = await street.shop.case_with_text("Where is my parcel?")
    assert case["channels"] == ["CHAT"]

    first = await street.shop.done(anna, "CaseReply", caseId=case["id"], text=f"It is on its way {NASTY}")
    street.items("You: Where is my parcel?", f"We: It is on its way {NASTY}")
    assert street.browser.run("window.bad ?? null") is None
    await status_of(street, anna, case["id"], first["contact"]["id"], "READ")

    street.line.cut()
    street.write("Are you still there?")
    second = await street.shop.done(anna, "CaseReply", caseId=case["id"], text="It comes tomorrow.")
    await status_of(street, anna, case["id"], second["contact"]["id"], "SENT")
    street.line.mend()
    whole = [
        "You: Where is my parcel?",
        f"We: It is on its way {NASTY}",
        "You: Are you still there?",
        "We: It comes tomorrow.",
    ]
    street.items(*whole)
    await status_of(street, anna, case["id"], second["contact"]["id"], "READ")
    await street.shop.case_with_text("Are you still there?")
    texts = [each["text"] for each in (await street.shop.case(anna, case["id"]))["contacts"]["nodes"]]
    assert sorted(texts) == sorted(each.partition(": ")[2] for each in whole)

    street.visit()
    street.items(*whole)


async def test_a_keyboard_and_a_screen_reader_are_enough(street: Street) -> None:
    street.visit()
    tree = street.browser
    root = "document.querySelector('div').shadowRoot"
    tree.run(f"{root}.getElementById('open').focus()")
    for kind in ("keyDown", "keyUp"):
        tree.send("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    street.until(f"{root}.activeElement?.id", lambda found: found == "say")
    assert tree.run(f"{root}.querySelector('label').control.id") == "say"
    assert tree.run(f"{root}.getElementById('open').getAttribute('aria-expanded')") == "true"
    assert tree.run(f"{root}.querySelector('ol').getAttribute('aria-live')") == "polite"
    assert tree.run(f"{root}.querySelector('section').getAttribute('role')") == "dialog"
    for kind in ("keyDown", "keyUp"):
        tree.send("Input.dispatchKeyEvent", type=kind, key="Escape", code="Escape", windowsVirtualKeyCode=27)
    street.until(f"{root}.activeElement?.id", lambda found: found == "open")
    assert tree.run(f"{root}.getElementById('panel').hidden") is True


async def test_the_script_is_small_and_cached_and_stays_within_its_own_file(street: Street) -> None:
    url = f"http://127.0.0.1:{street.shop.port + 1}/channels/chat/web/widget.js"
    answer = await street.shop.http.get(url)
    assert (answer.status_code, len(answer.content) <= 5000) == (200, True)
    assert answer.content == WIDGET
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = await street.shop.http.get(url, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert b"innerHTML" not in WIDGET
    assert (await street.shop.http.get(url.replace("/web/", "/nobody/"))).status_code == 404
    assert (await street.shop.http.post(url)).status_code == 405


async def test_whoever_is_logged_in_at_the_shop_is_one_customer_by_mail_address_and_leaves_nothing_behind(
    street: Street,
) -> None:
    anna = await street.shop.online("anna")
    said = await asyncio.to_thread(street.shop.eender, "say", "chat", "sam@shop.example", "I am Sam", "--name", "Sam")
    assert "chat/web" in said.stdout
    case = await street.shop.case_with_text("I am Sam")
    customer = await street.shop.customer(anna, case["customer"]["id"])
    found = {(each["kind"], each["verified"]) for each in customer["handles"]}
    assert found == {("CHAT_VISITOR", True), ("EMAIL", True)}
    ends = int(time.time()) + 3600
    street.visit(identity=sign_identity(Identity(expires_at=ends, email="sam@shop.example"), IDENTITY_SECRET))
    street.open_panel()
    street.write("And from my browser")
    street.items("You: And from my browser")
    again = await street.shop.case_with_text("And from my browser")
    assert (again["id"], again["customer"]["id"]) == (case["id"], case["customer"]["id"])
    kept = "Object.values(localStorage).join().includes('my browser')"
    assert street.browser.run(kept) is False
    reply = await street.shop.done(anna, "CaseReply", caseId=case["id"], text="Hello Sam")
    street.items("You: And from my browser", "We: Hello Sam")
    await status_of(street, anna, case["id"], reply["contact"]["id"], "READ")
