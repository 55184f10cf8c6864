"""GraphiQL in a real browser: a token, an example, an answer; nothing is asked of another host."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.chromium import Chromium, chromium

WAIT_S_MAX = 20.0


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("chromium") / "profile") as running:
        yield running


def until(browser: Chromium, expression: str) -> None:
    deadline = time.monotonic() + WAIT_S_MAX
    while not browser.run(expression):
        assert time.monotonic() < deadline, (expression, browser.text()[:2000])
        time.sleep(0.05)


def tried(browser: Chromium, url: str, token: str) -> str:
    """What the page shows for the first example, once that person has given the token."""
    browser.send("Page.navigate", url=f"{url}/graphiql")
    until(browser, "document.querySelector('#example')?.options.length > 5")
    browser.run(f"document.getElementById('token').value = {token!r}; document.getElementById('who').requestSubmit()")
    until(browser, "document.querySelector('.graphiql-execute-button') !== null")
    until(browser, "document.querySelector('.graphiql-query-editor').innerText.includes('viewer')")
    browser.run("document.querySelector('.graphiql-execute-button').click()")
    until(browser, "document.querySelector('.result-window').innerText.length > 20")
    return str(browser.run("document.querySelector('.result-window').innerText"))


async def test_a_frontend_developer_tries_a_document_with_a_token(desk: Desk, browser: Chromium) -> None:
    browser.asked.clear()
    shown = await asyncio.to_thread(tried, browser, desk.url, "AGENT:anna")
    assert '"displayName"' in shown
    assert "PERSON" in shown
    hosts = {urlsplit(url).netloc for url in browser.asked if not url.startswith(("data:", "blob:", "about:"))}
    assert hosts == {urlsplit(desk.url).netloc}


async def test_without_a_good_token_the_page_says_so(desk: Desk, browser: Chromium) -> None:
    shown = await asyncio.to_thread(tried, browser, desk.url, "nonsense")
    assert "UNAUTHENTICATED" in shown
    assert "without a good token" in await asyncio.to_thread(browser.text)


async def test_a_subscription_shows_its_items_as_they_come(desk: Desk, browser: Chromium) -> None:
    def listened() -> str:
        tried(browser, desk.url, "AGENT:anna")
        browser.run("""(() => { const chosen = document.getElementById('example');
          chosen.value = 'Listen to my inbox'; chosen.dispatchEvent(new Event('change')); })()""")
        until(browser, "document.querySelector('.graphiql-query-editor').innerText.includes('inboxEvents')")
        browser.run("document.querySelector('.graphiql-execute-button').click()")
        until(browser, "document.querySelector('.result-window').innerText.includes('Heartbeat')")
        return str(browser.run("document.querySelector('.result-window').innerText"))

    assert "cursor" in await asyncio.to_thread(listened)


async def test_the_pages_answers_say_what_they_may_load(desk: Desk) -> None:
    page = await desk.http.get(f"{desk.url}/graphiql")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    again = await desk.http.get(f"{desk.url}/graphiql", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("../context.py", "..%2Fcontext.py", "examples.graphql", "nothing"):
        assert (await desk.http.get(f"{desk.url}/graphiql/{name}")).status_code == 404
