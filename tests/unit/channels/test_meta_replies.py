from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from contracts.content import HandleContent
from contracts.vocabulary import HandleKind, Refusal, RefusalCode, Visibility
from services.channels.domain.outbound import CallResult, Reply, SendRefused, SendTarget, TakenOver, TryLater
from services.channels.providers import facebook_replies, instagram_replies, messenger_replies
from tests.unit.channels.in_memory import REPLY_ID
from tests.unit.channels.meta_payloads import PAGE, PERSON

TARGET = SendTarget(api_base="https://graph.example/", sender_id=PAGE, secrets={"access_token": "token-1"})
PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE


def reply(kind: HandleKind, said: str = "Here you are.", **more: Any) -> Reply:
    return Reply(contact_id=REPLY_ID, to=HandleContent(kind=kind, value=PERSON), text=said, **more)


def test_messenger_is_told_to_bring_our_id_back() -> None:
    call = messenger_replies.render(reply(HandleKind.MESSENGER), TARGET)
    assert call.url == f"https://graph.example/v23.0/{PAGE}/messages"
    assert call.headers == {"Authorization": "Bearer token-1"}
    assert call.body == {
        "recipient": {"id": PERSON},
        "messaging_type": "RESPONSE",
        "message": {"text": "Here you are.", "metadata": str(REPLY_ID)},
    }


def test_instagram_says_it_where_it_is_to_be_read() -> None:
    private = instagram_replies.render(reply(HandleKind.INSTAGRAM, in_reply_to="m_1"), TARGET)
    assert (private.url, private.body["recipient"]) == (f"https://graph.example/v23.0/{PAGE}/messages", {"id": PERSON})
    public = instagram_replies.render(reply(HandleKind.INSTAGRAM, in_reply_to="178", visibility=PUBLIC), TARGET)
    assert (public.url, public.body) == ("https://graph.example/v23.0/178/replies", {"message": "Here you are."})
    aside = instagram_replies.render(
        reply(HandleKind.INSTAGRAM, in_reply_to="178", answered_flags=("comment",)), TARGET
    )
    assert aside.body["recipient"] == {"comment_id": "178"}


def test_facebook_comments_or_writes_to_the_author() -> None:
    public = facebook_replies.render(reply(HandleKind.FACEBOOK, in_reply_to="500_1", visibility=PUBLIC), TARGET)
    assert (public.url, public.body) == ("https://graph.example/v23.0/500_1/comments", {"message": "Here you are."})
    aside = facebook_replies.render(reply(HandleKind.FACEBOOK, in_reply_to="500_1"), TARGET)
    assert aside.body["recipient"] == {"comment_id": "500_1"}
    posted = facebook_replies.render(reply(HandleKind.FACEBOOK, in_reply_to="1_5", answered_flags=("post",)), TARGET)
    assert posted.body["recipient"] == {"post_id": "1_5"}


def test_what_answers_nothing_has_no_place_in_public() -> None:
    for outlet, kind in ((instagram_replies, HandleKind.INSTAGRAM), (facebook_replies, HandleKind.FACEBOOK)):
        with pytest.raises(Refusal) as refused:
            outlet.render(reply(kind, visibility=PUBLIC), TARGET)
        assert refused.value.code is RefusalCode.CHANNEL_CANNOT_REPLY


def test_instagram_counts_bytes_in_private_and_characters_in_public() -> None:
    assert instagram_replies.render(reply(HandleKind.INSTAGRAM, "é" * 500), TARGET)
    with pytest.raises(Refusal) as refused:
        instagram_replies.render(reply(HandleKind.INSTAGRAM, "é" * 501), TARGET)
    assert refused.value.code is RefusalCode.TEXT_TOO_LONG
    assert instagram_replies.render(
        reply(HandleKind.INSTAGRAM, "é" * 2200, in_reply_to="178", visibility=PUBLIC), TARGET
    )


def answered(status: int, body: Any, **more: Any) -> CallResult:
    return CallResult(status=status, body=json.dumps(body).encode(), **more)


def test_what_meta_answers_is_understood() -> None:
    interpret = messenger_replies.interpret
    assert interpret(answered(200, {"recipient_id": PERSON, "message_id": "m_OUT1"})) == TakenOver("m_OUT1")
    assert facebook_replies.interpret(answered(200, {"id": "500_9"})) == TakenOver("500_9")
    closed = {"error": {"code": 10, "error_subcode": 2018278, "message": "sent outside of allowed window"}}
    assert interpret(answered(400, closed)) == SendRefused(
        code="CHANNEL_WINDOW_CLOSED", reason="sent outside of allowed window"
    )
    gone = {"error": {"code": 551, "message": "This person isn't available right now."}}
    assert interpret(answered(400, gone)) == SendRefused(code="551", reason="This person isn't available right now.")
    fast = {"error": {"code": 613, "message": "Calls to this api have exceeded the rate limit."}}
    later = interpret(answered(400, fast, retry_after_s=7))
    assert isinstance(later, TryLater)
    assert (later.code, later.wait) == ("613", timedelta(seconds=7))


def test_a_reason_never_quotes_a_number() -> None:
    quoted = {"error": {"code": 100, "message": f"No matching user {PERSON}"}}
    refused = messenger_replies.interpret(answered(400, quoted))
    assert isinstance(refused, SendRefused)
    assert PERSON not in refused.reason
