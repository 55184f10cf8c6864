from __future__ import annotations

import json

import pytest

from services.channels.domain.channel_spec import CrcChallenge, HmacSignature, HubChallenge, OriginConsent
from services.channels.domain.handshake import answer_handshake, method_of
from services.channels.domain.verification import Posted, is_genuine
from tests.unit.channels.test_verification import NOW

CRC = CrcChallenge(secret="consumer_secret")
X = HmacSignature(
    header="x-twitter-webhooks-signature", prefix="sha256=", encoding="base64", secrets=("consumer_secret",)
)
KEYS = {"consumer_secret": ("key", "next")}


def test_a_challenge_is_echoed_only_for_the_token() -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "please"}
    secrets = {"verify_token": ("please",)}
    said = answer_handshake(HubChallenge(), asked, {}, secrets)
    assert said is not None
    assert (said.body, said.content_type) == (b"42", "text/plain; charset=utf-8")
    for query, known in (
        ({**asked, "hub.verify_token": "pleas"}, secrets),
        ({**asked, "hub.verify_token": ""}, {"verify_token": ("",)}),
        ({"hub.mode": "subscribe", "hub.verify_token": "please"}, secrets),
        (asked, {}),
    ):
        assert answer_handshake(HubChallenge(), query, {}, known) is None


def test_a_crc_token_is_signed_with_the_secret_in_force() -> None:
    said = answer_handshake(CRC, {"crc_token": "MTIzNDU2Nzg5MDEyMzQ1Ng=="}, {}, KEYS)
    assert said is not None
    token = json.loads(said.body)["response_token"]
    assert token.startswith("sha256=")
    assert said.content_type == "application/json"
    assert answer_handshake(CRC, {"crc_token": "MTIzNDU2Nzg5MDEyMzQ1Ng=="}, {}, {}) is None


@pytest.mark.parametrize(
    "token",
    [
        '{"for_user_id":"1","direct_message_events":[]}',
        "[]",
        "",
        "short",
        "x" * 129,
        "MTIzNDU2Nzg5MDEyMzQ1Ng==\n",
        "a token with spaces in it",
        "x" * 15 + "\u0660",
    ],
)
def test_nobody_can_have_a_payload_signed_by_asking_for_it_as_a_token(token: str) -> None:
    assert answer_handshake(CRC, {"crc_token": token}, {}, KEYS) is None


def test_what_the_handshake_signs_opens_no_door_for_json() -> None:
    """The answer to a token is a genuine signature of that token's bytes: none of them may be JSON of use."""
    token = "1234567890123456"
    said = answer_handshake(CRC, {"crc_token": token}, {}, KEYS)
    assert said is not None
    shown = {"x-twitter-webhooks-signature": json.loads(said.body)["response_token"]}
    assert is_genuine(X, Posted(headers=shown, body=token.encode()), KEYS, now=NOW)
    assert not isinstance(json.loads(token), dict | list)


def test_a_sender_of_cloudevents_is_let_in_by_its_origin() -> None:
    said = answer_handshake(OriginConsent(), {}, {"webhook-request-origin": "shop.example"}, {})
    assert said is not None
    assert said.headers["WebHook-Allowed-Origin"] == "shop.example"
    for origin in ("", " ", "x" * 256):
        assert answer_handshake(OriginConsent(), {}, {"webhook-request-origin": origin}, {}) is None


def test_each_handshake_has_its_method() -> None:
    assert [method_of(rule) for rule in (None, HubChallenge(), CRC, OriginConsent())] == [None, "GET", "GET", "OPTIONS"]
