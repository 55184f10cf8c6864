"""Whether a payload comes from whom it says. Constant time, over the raw bytes, and closed when in doubt."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

import msgspec

from contracts.standard_webhooks import sign_standard
from services.channels.domain.channel_spec import (
    AnyOf,
    BySocket,
    FetchedOnly,
    HmacSignature,
    NoVerification,
    SecretToken,
    StandardWebhook,
    TwilioSignature,
    Verification,
)
from services.channels.domain.normal_form import FORM_FIELDS_MAX

_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_PORTS = {"https": 443, "http": 80}
_SIGNATURES_MAX = 16

Secrets = Mapping[str, Sequence[str]]
"""The secrets of an account: several values of one name may be valid at a time."""


class Posted(msgspec.Struct, frozen=True):
    """What came: the headers with their names in lower case, the raw body, and the URL's path and query."""

    headers: Mapping[str, str]
    body: bytes
    path: str = ""
    query: str = ""


def is_genuine(rule: Verification, posted: Posted, secrets: Secrets, *, now: datetime) -> bool:
    """Whether the payload passes its channel's rule."""
    match rule:
        case NoVerification() | FetchedOnly() | BySocket():
            return isinstance(rule, NoVerification)
        case HmacSignature():
            return _signed(rule, posted, secrets)
        case StandardWebhook():
            return _signed_standard(rule, posted, secrets, now)
        case SecretToken():
            return _fits(_shown(posted, rule.header), _known(rule.secrets, secrets))
        case TwilioSignature():
            return _signed_by_twilio(rule, posted, secrets)
        case AnyOf(rules=rules):
            return any(is_genuine(each, posted, secrets, now=now) for each in rules)


def sign(rule: HmacSignature, body: bytes, secret: str) -> str:
    """The header value a genuine sender would put: for tests and for playing a customer."""
    mac = hmac.new(secret.encode(), body, _ALGORITHMS[rule.algorithm]).digest()
    encoded = mac.hex() if rule.encoding == "hex" else _base64(mac)
    return rule.prefix + encoded


def sign_twilio(url: str, fields: Mapping[str, Iterable[str]], secret: str) -> str:
    """Twilio's signature of a form sent to a URL: likewise."""
    named = "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    mac = hmac.new(secret.encode(), (url + named).encode("utf-8", "surrogatepass"), hashlib.sha1)
    return _base64(mac.digest())


def _signed(rule: HmacSignature, posted: Posted, secrets: Secrets) -> bool:
    shown = _shown(posted, rule.header)
    if rule.encoding == "hex":
        shown = shown.lower()
    return _fits(shown, (sign(rule, posted.body, secret) for secret in _known(rule.secrets, secrets)))


def _signed_standard(rule: StandardWebhook, posted: Posted, secrets: Secrets, now: datetime) -> bool:
    webhook_id, timestamp = posted.headers.get("webhook-id", ""), posted.headers.get("webhook-timestamp", "")
    if not webhook_id or not (timestamp.isascii() and timestamp.isdecimal()) or len(timestamp) > 12:  # noqa: PLR2004  (the year 33658)
        return False
    if abs(now.timestamp() - int(timestamp)) > rule.tolerance_s:
        return False
    signatures = _shown(posted, "webhook-signature").split()[:_SIGNATURES_MAX]
    expected = []
    for secret in _known(rule.secrets, secrets):
        try:
            expected.append(sign_standard(webhook_id, timestamp, posted.body, secret))
        except (binascii.Error, ValueError):
            continue
    fits = [_fits(shown, expected) for shown in signatures]
    return any(fits)


def _signed_by_twilio(rule: TwilioSignature, posted: Posted, secrets: Secrets) -> bool:
    content_type = posted.headers.get("content-type", "").partition(";")[0].strip().lower()
    fields: dict[str, list[str]] = {}
    if content_type == "application/x-www-form-urlencoded":
        try:
            fields = _form_fields(posted.body)
        except ValueError:
            return False
    else:
        (covered,) = parse_qs(posted.query).get("bodySHA256", [""])[:1]
        if not _fits(covered.lower().encode("utf-8", "surrogatepass"), [hashlib.sha256(posted.body).hexdigest()]):
            return False
    rest = posted.path + (f"?{posted.query}" if posted.query else "")
    urls = [url for base in _known((rule.public_url,), secrets) for url in _with_and_without_port(base, rest)]
    expected = [sign_twilio(url, fields, secret) for url in urls for secret in _known(rule.secrets, secrets)]
    return _fits(_shown(posted, "x-twilio-signature"), expected)


def _form_fields(body: bytes) -> dict[str, list[str]]:
    """The fields of a form.

    Raises:
        ValueError: there are too many.
    """
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(
        body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX
    ):
        fields.setdefault(name, []).append(value)
    return fields


def _with_and_without_port(base: str, rest: str) -> tuple[str, ...]:
    """Twilio signs the URL with its port or without, and does not say which."""
    parts = urlsplit(base.rstrip("/"))
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return ()
    host = parts.hostname or ""
    return tuple(urlunsplit(parts._replace(netloc=netloc)) + rest for netloc in (f"{host}:{port}", host))


def _shown(posted: Posted, header: str) -> bytes:
    return posted.headers.get(header.lower(), "").strip().encode("utf-8", "surrogatepass")


def _known(names: Iterable[str], secrets: Secrets) -> list[str]:
    return [secret for name in names for secret in secrets.get(name, ()) if secret]


def _fits(shown: bytes, expected: Iterable[str]) -> bool:
    """Whether it is one of those expected: all are compared, so that the time tells nothing."""
    fits = [hmac.compare_digest(shown, each.encode("utf-8", "surrogatepass")) for each in expected]
    return any(fits)


def _base64(mac: bytes) -> str:
    return base64.b64encode(mac).decode("ascii")
