"""Every door with payloads of its own."""

from __future__ import annotations

from dataclasses import replace

from contracts.vocabulary import Channel
from services.channels.domain.door import Door
from services.channels.providers import (
    DOORS,
    chat,
    facebook,
    feed,
    form,
    google_reviews,
    instagram,
    media,
    messenger,
    sms,
    telegram,
    trustpilot,
    voice,
    webhook,
    whatsapp,
    x,
    youtube,
)
from services.channels.settings import AccountSettings, ChannelsSettings
from tests.unit.channels import (
    chat_payloads,
    feed_payloads,
    google_payloads,
    review_payloads,
    telegram_payloads,
    twilio_payloads,
    webhook_payloads,
    x_payloads,
    youtube_payloads,
)
from tests.unit.channels.door_under_test import SECRET, DoorUnderTest, rules_of, secrets_of
from tests.unit.channels.meta_payloads import (
    CHANGES,
    MESSAGES,
    PAGE,
    echo,
    instagram_comment,
    instagram_payload,
    message,
    page_change,
    page_payload,
)
from tests.unit.channels.toy_door import ToyReviews
from tests.unit.channels.whatsapp_payloads import whatsapp_payload, whatsapp_text

FORM_DOOR = DoorUnderTest(
    form,
    {"message": "Hello"},
    ("message",),
    {"Idempotency-Key": "key-1"},
    samples=(
        {"name": "Sam", "email": "sam@shop.example", "phone": "0612345678", "message": "Hi", "fields": {"a": 1}},
        {"message": "Hi", "email": "sam at shop", "phone": "call me", "subject": "Order 7"},
    ),
)
WHATSAPP_DOOR = DoorUnderTest(
    whatsapp,
    whatsapp_payload(whatsapp_text()),
    ("entry", 0, "changes", 0, "value", "messages", 0, "text", "body"),
    echo=whatsapp_payload(message_echoes=[{**whatsapp_text(id="wamid.OUT1"), "to": "31612345678"}]),
    samples=(
        whatsapp_payload(
            whatsapp_text(),
            whatsapp_text(type="image", image={"id": "1", "caption": "x"}, id="wamid.2"),
            whatsapp_text(type="reaction", reaction={"message_id": "wamid.1", "emoji": "x"}, id="wamid.3"),
            whatsapp_text(type="interactive", interactive={"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}),
            whatsapp_text(type="order", order={"product_items": [{"quantity": 1, "product_retailer_id": "x"}]}),
            whatsapp_text(type="edit", edit={"original_message_id": "wamid.1", "message": whatsapp_text()}),
            whatsapp_text(type="system", system={"type": "user_changed_number", "wa_id": "316"}),
            statuses=[{"id": "wamid.9", "status": "failed", "timestamp": "1795000000", "errors": [{"code": 1}]}],
        ),
    ),
)
MESSENGER_DOOR = DoorUnderTest(
    messenger,
    page_payload(message()),
    ("entry", 0, "messaging", 0, "message", "text"),
    samples=(page_payload(*MESSAGES), page_payload(standby=[message()])),
    echo=page_payload(echo()),
)
FACEBOOK_DOOR = DoorUnderTest(
    facebook,
    page_payload(changes=[page_change()]),
    ("entry", 0, "changes", 0, "value", "message"),
    samples=(page_payload(changes=[*CHANGES]),),
    echo=page_payload(changes=[page_change(comment_id="500_2", parent_id="500_1", **{"from": {"id": PAGE}})]),
)
INSTAGRAM_DOOR = DoorUnderTest(
    instagram,
    instagram_payload(message()),
    ("entry", 0, "messaging", 0, "message", "text"),
    samples=(
        instagram_payload(*MESSAGES),
        instagram_payload(
            changes=[instagram_comment(), instagram_comment(field="live_comments", id="17800000000000002")]
        ),
        instagram_payload(changes=[{"field": "mentions", "value": {"media_id": "900", "comment_id": "1780"}}]),
    ),
    echo=instagram_payload(echo()),
)
TOY_DOOR = DoorUnderTest(ToyReviews(), {"id": "r1", "author": "sam", "text": "Hello"}, ("text",))
TELEGRAM_DOOR = DoorUnderTest(
    telegram,
    telegram_payloads.update(message=telegram_payloads.message()),
    ("message", "text"),
    samples=telegram_payloads.SAMPLES,
)

WEBHOOK_DOOR = DoorUnderTest(
    webhook,
    webhook_payloads.contact(),
    ("text",),
    samples=webhook_payloads.SAMPLES,
)

SMS_DOOR = DoorUnderTest(sms, twilio_payloads.sms(), ("Body",), samples=twilio_payloads.SMS_SAMPLES, form=True)
VOICE_DOOR = DoorUnderTest(
    voice, twilio_payloads.push(text="Hello"), ("text",), samples=twilio_payloads.CALL_SAMPLES, form=True
)
X_DOOR = DoorUnderTest(
    x,
    x_payloads.posts(x_payloads.post()),
    ("tweet_create_events", 0, "text"),
    samples=x_payloads.SAMPLES,
    echo=x_payloads.posts(x_payloads.post(user=x_payloads.user(x_payloads.US), in_reply_to_status_id_str="1")),
)
MEDIA_DOOR = DoorUnderTest(
    media, review_payloads.documents(review_payloads.ARTICLE), ("documents", 0, "text"), samples=review_payloads.MEDIA
)
TRUSTPILOT_DOOR = DoorUnderTest(
    trustpilot,
    review_payloads.events(review_payloads.review()),
    ("events", 0, "eventData", "text"),
    samples=review_payloads.REVIEWS,
)
FEED_DOOR = DoorUnderTest(feed, feed_payloads.json_feed(), ("items", 0, "content_text"), samples=feed_payloads.SAMPLES)
YOUTUBE_DOOR = DoorUnderTest(
    youtube,
    youtube_payloads.threads(youtube_payloads.thread()),
    ("items", 0, "snippet", "topLevelComment", "snippet", "textOriginal"),
    samples=youtube_payloads.SAMPLES,
)
CHAT_DOOR = DoorUnderTest(chat, chat_payloads.said(), ("text",), samples=chat_payloads.SAMPLES)
GOOGLE_DOOR = DoorUnderTest(
    google_reviews,
    google_payloads.listing(google_payloads.review()),
    ("reviews", 0, "comment"),
    samples=google_payloads.SAMPLES,
)
UNDER_TEST = (
    GOOGLE_DOOR,
    CHAT_DOOR,
    FORM_DOOR,
    WEBHOOK_DOOR,
    TELEGRAM_DOOR,
    SMS_DOOR,
    VOICE_DOOR,
    X_DOOR,
    FEED_DOOR,
    YOUTUBE_DOOR,
    MEDIA_DOOR,
    TRUSTPILOT_DOOR,
    WHATSAPP_DOOR,
    MESSENGER_DOOR,
    FACEBOOK_DOOR,
    INSTAGRAM_DOOR,
    TOY_DOOR,
)
POSTED = tuple(each for each in UNDER_TEST if each.is_posted)
SIGNED = tuple(
    replace(each, way=way) for each in UNDER_TEST if each.is_signed for way in range(len(rules_of(each.door)))
)
"""Once for every rule by which a sender may prove itself."""

DOORS_AND_TOY: dict[str, Door] = {**DOORS, Channel.LETTER: TOY_DOOR.door}


def settings_under_test(*secrets: str) -> ChannelsSettings:
    """Two accounts per door; the second one's secret is another."""
    accounts = [
        AccountSettings(channel=each.channel, account=name, name=name, secrets=secrets_of(each.door, own))
        for each in UNDER_TEST
        for name, own in (("account-1", secrets or (SECRET,)), ("account-2", ("secret of the other",)))
    ]
    return ChannelsSettings.of(tuple(accounts), region="NL", digest="d")
