"""How platforms hand out files, and to whom a token goes."""

from __future__ import annotations

import base64
import json

import pytest

from contracts.content import AttachmentContent
from contracts.vocabulary import Channel
from services.channels.domain.download import NotToBeHad
from services.channels.domain.outbound import SendTarget
from services.channels.providers.downloads import download_of

GRAPH = "https://graph.example"
TWILIO = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"


def account(api_base: str = GRAPH, **secrets: str) -> SendTarget:
    return SendTarget(api_base=api_base, sender_id="1", api_version="v99.0", secrets=secrets)


def named(external_id: str) -> AttachmentContent:
    return AttachmentContent(external_id, "image/png")


def test_whatsapp_asks_where_a_media_lies_and_shows_its_token_both_times() -> None:
    download, target = download_of(Channel.WHATSAPP), account(access_token="t")
    ask = download.ask(named("12/../3?x"), target)
    assert ask.url == f"{GRAPH}/v99.0/12%2F..%2F3%3Fx"
    assert ask.headers == {"Authorization": "Bearer t"}
    then = download.follow(json.dumps({"url": "https://lookaside.example/x"}).encode(), target)
    assert then is not None
    assert (then.url, then.headers) == ("https://lookaside.example/x", {"Authorization": "Bearer t"})
    assert "t" not in repr(then).replace("Ask(…)", "")


@pytest.mark.parametrize("answer", [b"", b"{}", b"[]", b'{"url": 7}', b'{"url": "http://elsewhere.example/x"}'])
def test_whatsapps_token_goes_nowhere_in_the_open(answer: bytes) -> None:
    with pytest.raises(NotToBeHad):
        download_of(Channel.WHATSAPP).follow(answer, account(access_token="t"))


def test_telegram_asks_for_a_path_below_its_own_address() -> None:
    download, target = download_of(Channel.TELEGRAM), account("https://tg.example/", bot_token="1:a/b")
    assert download.ask(named("f&x"), target).url == "https://tg.example/bot1:a%2Fb/getFile?file_id=f%26x"
    then = download.follow(b'{"result": {"file_path": "photos/file 1.jpg"}}', target)
    assert then is not None
    assert then.url == "https://tg.example/file/bot1:a%2Fb/photos/file%201.jpg"
    with pytest.raises(NotToBeHad):
        download.follow(b'{"result": {"file_path": "../../bot2/getMe"}}', target)
    with pytest.raises(NotToBeHad):
        download.ask(named("f"), account("https://tg.example"))


@pytest.mark.parametrize(
    ("url", "signed_in"),
    [
        (TWILIO, True),
        ("https://api.twilio.com.evil.example/x", False),
        ("http://api.twilio.com/x", False),
        ("https://eviltwilio.com/x", False),
        (f"{GRAPH}/x", True),
    ],
)
def test_twilios_word_goes_to_twilio_only(url: str, signed_in: bool) -> None:
    ask = download_of(Channel.SMS).ask(named(url), account(account_sid="AC1", auth_token="w"))
    word = {"Authorization": f"Basic {base64.b64encode(b'AC1:w').decode()}"} if signed_in else {}
    assert (ask.url, ask.headers) == (url, word)


@pytest.mark.parametrize("channel", [Channel.MESSENGER, Channel.INSTAGRAM, Channel.WEBHOOK, Channel.X])
def test_an_address_that_came_in_is_fetched_without_any_token_and_never_inside(channel: Channel) -> None:
    ask = download_of(channel).ask(named("https://cdn.example/x"), account(access_token="t"))
    assert (ask.url, ask.headers, ask.home) == ("https://cdn.example/x", {}, None)
    with pytest.raises(NotToBeHad):
        download_of(channel).ask(named("file:///etc/passwd"), account())


def test_an_account_without_an_address_fetches_nothing() -> None:
    for channel in (Channel.WHATSAPP, Channel.TELEGRAM):
        with pytest.raises(NotToBeHad):
            download_of(channel).ask(named("1"), account("", bot_token="1:a"))
