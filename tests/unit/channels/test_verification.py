from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from contracts.standard_webhooks import sign_standard
from services.channels.domain.channel_spec import (
    HmacSignature,
    NoVerification,
    SecretToken,
    StandardWebhook,
    TwilioSignature,
    Verification,
)
from services.channels.domain.verification import Posted, Secrets, is_genuine, sign, sign_twilio

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
META = HmacSignature(header="X-Hub-Signature-256", prefix="sha256=", secrets=("app_secret",))
VECTOR = b"The quick brown fox jumps over the lazy dog"
VECTOR_MAC = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
"""HMAC-SHA256 under the key `key`, from Wikipedia's article on HMAC."""


def genuine(rule: Verification, headers: dict[str, str], body: bytes, secrets: Secrets, now: datetime = NOW) -> bool:
    return is_genuine(rule, Posted(headers=headers, body=body), secrets, now=now)


def test_the_known_vector_is_genuine_in_either_case_of_letters() -> None:
    for shown in (VECTOR_MAC, VECTOR_MAC.upper(), f" {VECTOR_MAC} "):
        header = {"x-hub-signature-256": f"sha256={shown.strip()}"}
        assert genuine(META, header, VECTOR, {"app_secret": ("other", "key")})


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
    assert genuine(rule, {"x-sig": shown}, VECTOR, {"s": ("key",)})
    assert not genuine(rule, {"x-sig": shown}, VECTOR + b".", {"s": ("key",)})


def test_without_a_secret_nothing_is_genuine() -> None:
    for secrets in ({}, {"app_secret": ()}, {"app_secret": ("",)}, {"other": ("key",)}):
        shown = {"x-hub-signature-256": sign(META, VECTOR, "")}
        assert not genuine(META, shown, VECTOR, secrets)


def test_where_anybody_may_post_everything_is_taken() -> None:
    assert genuine(NoVerification(), {}, b"", {})


STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STANDARD_ID, STANDARD_AT, STANDARD_BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
STANDARD_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The example of the Standard Webhooks specification."""

STANDARD_HEADERS = {
    "webhook-id": STANDARD_ID,
    "webhook-timestamp": str(STANDARD_AT),
    "webhook-signature": STANDARD_SIGNATURE,
}


def standard(changes: dict[str, str] | None = None, *, seconds_later: float = 0, body: bytes = STANDARD_BODY) -> bool:
    now = datetime.fromtimestamp(STANDARD_AT, tz=UTC) + timedelta(seconds=seconds_later)
    secrets = {"signing_secret": ("whsec_bmV4dA==", STANDARD_SECRET)}
    return genuine(StandardWebhook(), {**STANDARD_HEADERS, **(changes or {})}, body, secrets, now)


def test_the_example_of_standard_webhooks_is_genuine() -> None:
    assert sign_standard(STANDARD_ID, str(STANDARD_AT), STANDARD_BODY, STANDARD_SECRET) == STANDARD_SIGNATURE
    assert standard()


def test_one_of_several_signatures_is_enough_and_other_versions_are_passed_over() -> None:
    several = f"v1,bm9uZQ== v1a,{STANDARD_SIGNATURE[3:]} {STANDARD_SIGNATURE} v2,x"
    assert standard({"webhook-signature": several})
    assert not standard({"webhook-signature": f"v1a,{STANDARD_SIGNATURE[3:]}"})
    assert not standard({"webhook-signature": STANDARD_SIGNATURE[3:]})
    assert not standard({"webhook-signature": "v1,x " * 16 + STANDARD_SIGNATURE})


@pytest.mark.parametrize(("seconds_later", "taken"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_timestamp_too_far_from_now_on_either_side_is_a_replay(seconds_later: int, taken: bool) -> None:
    assert standard(seconds_later=seconds_later) is taken


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": ""},
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"},
        {"webhook-timestamp": str(STANDARD_AT + 1)},
        {"webhook-signature": ""},
        {"webhook-signature": "\udc00"},
    ],
)
def test_whatever_the_signature_covers_counts(changes: dict[str, str]) -> None:
    assert not standard(changes)
    assert not standard(body=STANDARD_BODY + b" ")


def test_a_secret_without_its_mark_is_the_key_itself() -> None:
    now = datetime.fromtimestamp(STANDARD_AT, tz=UTC)
    signature = sign_standard(STANDARD_ID, str(STANDARD_AT), STANDARD_BODY, "raw bytes")
    headers = {**STANDARD_HEADERS, "webhook-signature": signature}
    assert genuine(StandardWebhook(), headers, STANDARD_BODY, {"signing_secret": ("raw bytes",)}, now)


def test_a_secret_that_is_no_base64_opens_nothing() -> None:
    now = datetime.fromtimestamp(STANDARD_AT, tz=UTC)
    for secret in ("whsec_?", STANDARD_SECRET.removeprefix("whsec_"), ""):
        assert not genuine(StandardWebhook(), STANDARD_HEADERS, STANDARD_BODY, {"signing_secret": (secret,)}, now)
    for secrets in ({}, {"signing_secret": ()}):
        assert not genuine(StandardWebhook(), STANDARD_HEADERS, STANDARD_BODY, secrets, now)


def test_a_secret_token_is_good_for_whoever_shows_it() -> None:
    rule = SecretToken(header="X-Telegram-Bot-Api-Secret-Token", secrets=("secret_token",))
    secrets = {"secret_token": ("old", "new")}
    shown = "x-telegram-bot-api-secret-token"
    assert genuine(rule, {shown: "new"}, b"", secrets)
    assert genuine(rule, {shown: "old"}, b"", secrets)
    for headers in ({}, {shown: ""}, {shown: "ne"}, {shown: "newer"}, {shown: "NEW"}, {"x-other": "new"}):
        assert not genuine(rule, headers, b"", secrets)
    for known in ({}, {"secret_token": ("",)}, {"secret_token": ()}):
        assert not genuine(rule, {shown: ""}, b"", known)
        assert not genuine(rule, {}, b"", known)


TWILIO = TwilioSignature()
TWILIO_FIELDS = {
    "CallSid": ["CA1234567890ABCDE"],
    "Caller": ["+14158675309"],
    "Digits": ["1234"],
    "From": ["+14158675309"],
    "To": ["+18005551212"],
}
TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
"""The example of Twilio's documentation on security."""


def twilio(posted: Posted, base: str = "https://mycompany.com", token: str = "12345") -> bool:
    secrets = {"auth_token": ("next", token), "public_url": (base,)}
    return is_genuine(TWILIO, posted, secrets, now=NOW)


def twilio_posted(signature: str, *, content_type: str = FORM, body: bytes | None = None, query: str = "") -> Posted:
    return Posted(
        headers={"x-twilio-signature": signature, "content-type": content_type},
        body=urlencode(TWILIO_FIELDS, doseq=True).encode() if body is None else body,
        path="/myapp.php",
        query=query or "foo=1&bar=2",
    )


def test_the_example_of_twilio_is_genuine_whether_or_not_the_url_names_its_port() -> None:
    assert sign_twilio(TWILIO_URL, TWILIO_FIELDS, "12345") == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert twilio(twilio_posted("RSOYDt4T1cUTdK1PDd93/VVr8B8="))
    with_port = sign_twilio("https://mycompany.com:443/myapp.php?foo=1&bar=2", TWILIO_FIELDS, "12345")
    for base in ("https://mycompany.com/", "https://mycompany.com:443"):
        assert twilio(twilio_posted(with_port), base)
        assert twilio(twilio_posted("RSOYDt4T1cUTdK1PDd93/VVr8B8="), base)
    # Twilio leaves out whatever port https has.
    assert twilio(twilio_posted("RSOYDt4T1cUTdK1PDd93/VVr8B8="), "https://mycompany.com:8443")
    assert not twilio(twilio_posted(with_port), "https://mycompany.com:8443")


def test_a_signature_of_twilio_covers_url_fields_and_token() -> None:
    genuine_one = twilio_posted("RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    changed = urlencode({**TWILIO_FIELDS, "Digits": ["1235"]}, doseq=True).encode()
    assert not twilio(twilio_posted("RSOYDt4T1cUTdK1PDd93/VVr8B8=", body=changed))
    assert not twilio(twilio_posted("RSOYDt4T1cUTdK1PDd93/VVr8B8=", query="foo=1&bar=3"))
    assert not twilio(twilio_posted("RSOYDt4T1cUTdK1PDd93/VVr8B8=", body=b"a=1&" * 1001))
    assert not twilio(twilio_posted(""))
    for base, token in (("https://other.com", "12345"), ("https://mycompany.com", "54321"), ("", "12345")):
        assert not twilio(genuine_one, base, token)
    for base in ("mycompany.com", "https://mycompany.com:port", "gopher://mycompany.com"):
        assert not twilio(genuine_one, base)
    for secrets in ({}, {"auth_token": ("12345",)}, {"public_url": ("https://mycompany.com",)}):
        assert not is_genuine(TWILIO, genuine_one, secrets, now=NOW)


def test_a_body_that_is_no_form_is_covered_by_its_hash() -> None:
    body = b'{"a":1}'
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = sign_twilio(f"https://mycompany.com/myapp.php?{query}", {}, "12345")
    posted = twilio_posted(signature, content_type="application/json", body=body, query=query)
    assert twilio(posted)
    for changed in (b'{"a":2}', b""):
        assert not twilio(twilio_posted(signature, content_type="application/json", body=changed, query=query))
    bare = sign_twilio("https://mycompany.com/myapp.php?foo=1", {}, "12345")
    assert not twilio(twilio_posted(bare, content_type="application/json", body=body, query="foo=1"))
