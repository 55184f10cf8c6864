from __future__ import annotations

import pytest

from services.channels.domain.channel_spec import HmacSignature, HubChallenge, NoVerification
from services.channels.domain.verification import answer_challenge, is_genuine, sign

META = HmacSignature(header="X-Hub-Signature-256", prefix="sha256=", secrets=("app_secret",))
VECTOR = b"The quick brown fox jumps over the lazy dog"
VECTOR_MAC = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
"""HMAC-SHA256 under the key `key`, from Wikipedia's article on HMAC."""


def test_the_known_vector_is_genuine_in_either_case_of_letters() -> None:
    for shown in (VECTOR_MAC, VECTOR_MAC.upper(), f" {VECTOR_MAC} "):
        header = {"x-hub-signature-256": f"sha256={shown.strip()}"}
        assert is_genuine(META, header, VECTOR, {"app_secret": ("other", "key")})


@pytest.mark.parametrize(
    ("algorithm", "encoding", "shown"),
    [
        ("sha1", "hex", "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"),
        ("sha256", "base64", "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg="),
    ],
)
def test_other_schemes_are_a_matter_of_words(algorithm: str, encoding: str, shown: str) -> None:
    rule = HmacSignature(header="X-Sig", secrets=("s",), algorithm=algorithm, encoding=encoding)
    assert sign(rule, VECTOR, "key") == shown
    assert is_genuine(rule, {"x-sig": shown}, VECTOR, {"s": ("key",)})
    assert not is_genuine(rule, {"x-sig": shown}, VECTOR + b".", {"s": ("key",)})


def test_without_a_secret_nothing_is_genuine() -> None:
    for secrets in ({}, {"app_secret": ()}, {"app_secret": ("",)}, {"other": ("key",)}):
        shown = {"x-hub-signature-256": sign(META, VECTOR, "")}
        assert not is_genuine(META, shown, VECTOR, secrets)


def test_where_anybody_may_post_everything_is_taken() -> None:
    assert is_genuine(NoVerification(), {}, b"", {})


def test_a_challenge_is_echoed_only_for_the_token() -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "please"}
    secrets = {"verify_token": ("please",)}
    assert answer_challenge(HubChallenge(), asked, secrets) == "42"
    assert answer_challenge(HubChallenge(), {**asked, "hub.verify_token": "pleas"}, secrets) is None
    assert answer_challenge(HubChallenge(), {**asked, "hub.verify_token": ""}, {"verify_token": ("",)}) is None
    assert answer_challenge(HubChallenge(), {"hub.mode": "subscribe", "hub.verify_token": "please"}, secrets) is None
    assert answer_challenge(HubChallenge(), asked, {}) is None
