"""What Telegram tells, in our words, and how a reply leaves by it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from contracts.content import AttachmentContent, HandleContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Refusal, Visibility
from services.channels.domain.inbound import ContactArrived, ContactEdited, Ignored, Inbound, ReactionChanged
from services.channels.domain.outbound import (
    CallResult,
    OutcomeLost,
    Reply,
    SendRefused,
    SendTarget,
    TakenOver,
    TryLater,
)
from services.channels.providers import telegram, telegram_replies
from tests.unit.channels import telegram_payloads as told
from tests.unit.channels.in_memory import REPLY_ID, raw_of

SAM = HandleContent(kind=HandleKind.TELEGRAM, value="5550001")
TARGET = SendTarget(api_base="https://telegram.example/", sender_id="bot", secrets={"bot_token": "110201543:abc"})


def parsed(update: dict[str, Any]) -> Inbound:
    body = json.dumps(update).encode()
    (item,) = telegram.parse(raw_of(body, channel=Channel.TELEGRAM), region="NL").items
    return item


def arrived(update: dict[str, Any]) -> ContactArrived:
    item = parsed(update)
    assert isinstance(item, ContactArrived)
    return item


def test_a_private_message_is_a_contact_of_whoever_telegram_says_it_is() -> None:
    item = arrived(told.update(message=told.message("Where is my parcel?")))
    assert (item.external_id, item.kind, item.visibility) == ("5550001:41", ContactKind.MESSAGE, Visibility.PRIVATE)
    assert item.occurred_at == datetime.fromtimestamp(told.AT, tz=UTC)
    assert (item.assurance, item.language, item.flags) == (HandleAssurance.PLATFORM, "nl", ())
    assert item.content.handles == (HandleContent(kind=HandleKind.TELEGRAM, value="5550001", display="@samv"),)
    assert (item.content.sender_name, item.content.text) == ("Sam Visser", "Where is my parcel?")


def test_a_photo_is_its_largest_size_with_its_caption_and_its_album() -> None:
    content = arrived(told.PHOTO).content
    assert content.text == "It is broken"
    assert content.fields == {"album": "1354"}
    large = AttachmentContent(external_id="large", media_type="image/jpeg", size_bytes=190000)
    assert content.attachments == (large,)


@pytest.mark.parametrize(
    ("update", "text"), [(told.PLACE, "52.1, 4.3"), (told.CARD, "Kim 31600000000"), (told.STICKER, "😢")]
)
def test_what_is_no_text_is_told_in_words(update: dict[str, Any], text: str) -> None:
    assert arrived(update).content.text == text


def test_a_kind_nobody_knows_yet_is_still_somebody_who_waits() -> None:
    assert arrived(told.update(message=told.message(None, hologram={}))).flags == ("unsupported",)


def test_in_a_group_others_read_along_and_the_answered_message_is_of_that_chat() -> None:
    item = arrived(told.IN_GROUP)
    assert (item.visibility, item.in_reply_to) == (Visibility.LIMITED, "-1001234567890:40")
    open_to_all = told.message(chat={**told.GROUP, "username": "customers"})
    assert arrived(told.update(message=open_to_all)).visibility is Visibility.PUBLIC


def test_an_edit_changes_the_message_and_a_later_one_is_another_edit() -> None:
    item = parsed(told.EDIT)
    assert isinstance(item, ContactEdited)
    assert (item.external_id, item.text) == ("5550001:41", "Hello again")
    assert item.occurred_at == datetime.fromtimestamp(told.AT + 60, tz=UTC)
    other = parsed({**told.EDIT, "update_id": 870000002})
    assert isinstance(other, ContactEdited)
    assert other.edit_id != item.edit_id


def test_a_reaction_is_put_on_and_taken_off() -> None:
    item = parsed(told.REACTION)
    assert isinstance(item, ReactionChanged)
    assert (item.external_id, item.emoji) == ("5550001:9001", "👍")
    off = json.loads(json.dumps(told.REACTION))
    off["message_reaction"]["new_reaction"] = []
    item = parsed(off)
    assert isinstance(item, ReactionChanged)
    assert item.emoji is None


def test_a_pressed_button_answers_the_message_it_stood_under() -> None:
    item = arrived(told.CALLBACK)
    assert (item.content.text, item.in_reply_to) == ("yes", "5550001:9001")
    assert (item.external_id, item.content.fields) == ("callback:4382bfdwdsb323b2d9", {"payload": "yes"})


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        (told.CHANNEL_POST, "own-post"),
        (told.update(message=told.message("/start")), "start"),
        (told.update(message=told.message("/start order-7")), "start"),
        (told.update(message=told.message(None, new_chat_members=[told.SAM])), "service-message"),
        (told.update(message={**told.message(), "from": {"id": 1, "is_bot": True}}), "bot"),
        (told.update(message={"message_id": 1}), "no-sender"),
        (told.update(my_chat_member={}), "membership"),
        (told.update(purchased_paid_media={}), "unknown-update"),
        (told.update(edited_message={"message_id": 1}), "no-target"),
    ],
)
def test_what_asks_nothing_of_us_is_counted_by_a_word_of_ours(update: dict[str, Any], reason: str) -> None:
    assert parsed(update) == Ignored(reason)


def reply(text: str = "Tomorrow.", **more: Any) -> Reply:
    return Reply(contact_id=REPLY_ID, to=SAM, text=text, **more)


def test_a_reply_goes_to_its_reader_as_one_message() -> None:
    call = telegram_replies.render(reply(), TARGET)
    assert call.url == "https://telegram.example/bot110201543:abc/sendMessage"
    assert call.body == {"chat_id": "5550001", "text": "Tomorrow."}


def test_an_answer_to_a_message_names_it_and_in_a_group_it_is_said_there() -> None:
    body = telegram_replies.render(reply(in_reply_to="-100:40", visibility=Visibility.LIMITED), TARGET).body
    assert body["chat_id"] == "-100"
    assert body["reply_parameters"] == {"message_id": 40, "allow_sending_without_reply": True}
    with pytest.raises(Refusal):
        telegram_replies.render(reply(visibility=Visibility.LIMITED), TARGET)


def test_what_is_for_one_reader_is_never_said_in_a_group() -> None:
    body = telegram_replies.render(reply(in_reply_to="-100:40"), TARGET).body
    assert body == {"chat_id": SAM.value, "text": reply().text}


def test_length_is_counted_in_utf16_and_nothing_is_cut() -> None:
    assert telegram_replies.render(reply("😀" * 2048), TARGET).body["text"] == "😀" * 2048
    with pytest.raises(Refusal) as refused:
        telegram_replies.render(reply("😀" * 2048 + "x"), TARGET)
    assert refused.value.code == "TEXT_TOO_LONG"


def test_without_a_token_nothing_can_be_sent() -> None:
    with pytest.raises(Refusal):
        telegram_replies.render(reply(), SendTarget(api_base="https://telegram.example", sender_id="bot"))


def answer(status: int, **body: Any) -> CallResult:
    return CallResult(status=status, body=msgspec.json.encode(body))


def test_what_telegram_took_is_known_by_chat_and_number() -> None:
    taken = answer(200, ok=True, result={"message_id": 9001, "chat": {"id": 5550001}})
    assert telegram_replies.interpret(taken) == TakenOver("5550001:9001")
    assert telegram_replies.interpret(answer(200, ok=True)) == OutcomeLost("taken without an id")


def test_telegram_says_itself_how_long_to_wait() -> None:
    said = telegram_replies.interpret(
        answer(429, ok=False, error_code=429, description="Too Many Requests", parameters={"retry_after": 7})
    )
    assert isinstance(said, TryLater)
    assert said.wait == timedelta(seconds=7)


def test_who_blocked_the_bot_cannot_be_reached() -> None:
    said = telegram_replies.interpret(
        answer(403, ok=False, error_code=403, description="Forbidden: bot was blocked by the user 5550001")
    )
    assert said == SendRefused(code="403", reason="Forbidden: bot was blocked by the user …")
    revoked = telegram_replies.interpret(answer(401, ok=False, error_code=401, description="Unauthorized"))
    assert revoked == SendRefused(code="401", reason="Unauthorized", retryable=True, login=True)
