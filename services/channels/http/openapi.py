"""The front door as OpenAPI describes it: printed into `contracts/openapi.json`, where a diff is a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.channels.domain.channel_spec import (
    AnyOf,
    BySocket,
    ChannelSpec,
    CrcChallenge,
    Handshake,
    HmacSignature,
    NoVerification,
    OriginConsent,
    SecretToken,
    StandardWebhook,
    TwilioSignature,
    Verification,
    is_posted,
)
from services.channels.domain.door import Door
from services.channels.domain.handshake import method_of

_REFUSALS = {
    "401": "The signature (or the handshake's token) is missing or wrong; nothing more is said.",
    "404": "There is no such channel account.",
    "408": "The body did not come in time.",
    "409": "The key was used for another body before.",
    "413": "The body is too large.",
    "422": "Not understood, and kept; `field` names what is at fault. No key is used up.",
    "503": "It could not be stored now: send it again after `Retry-After` seconds.",
}
_ERROR = {
    "type": "object",
    "required": ["error", "detail"],
    "properties": {"error": {"type": "string"}, "field": {"type": "string"}, "detail": {"type": "string"}},
}
_TEXT = {"type": "string"}
_FORM = "application/x-www-form-urlencoded"
_ACCEPTED = {"type": "object", "required": ["status"], "properties": {"status": {"const": "accepted"}}}


def openapi(doors: Mapping[str, Door]) -> dict[str, Any]:
    """The document for these doors, the same for the same doors."""
    specs = [door.spec for door in doors.values()]
    paths = {f"/channels/{spec.channel.path}/{{account}}": _path(spec) for spec in specs if is_posted(spec)}
    for spec in specs:
        if isinstance(spec.verification, BySocket):
            paths |= _socket(spec)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Eender: the front door",
            "version": "1",
            "description": "A 2xx means: on disk, and it will appear exactly once.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {"Error": _ERROR, "Accepted": _ACCEPTED}},
    }


def _socket(spec: ChannelSpec) -> dict[str, Any]:
    """The socket, and the script that speaks its protocol in a page."""
    base, account = f"/channels/{spec.channel.path}/{{account}}", _parameter("account", "path")
    opened = {
        "summary": f"A websocket of {spec.channel.path}: docs/channels/{spec.channel.path}.md has its frames.",
        "parameters": [_parameter("Upgrade", "header"), _parameter("Origin", "header")],
        "responses": {
            "101": {"description": "Open: the first frame is a hello."},
            "403": {"description": "No such account, an origin that is not allowed, or too many sockets."},
        },
    }
    script = {
        "summary": "The script of the chat, to be put into pages.",
        "parameters": [_parameter("If-None-Match", "header", required=False)],
        "responses": {
            "200": {"description": "The script.", "content": {"text/javascript": {"schema": _TEXT}}},
            "304": {"description": "You have it."},
            **_refusals("404"),
        },
    }
    return {
        base: {"parameters": [account], "get": opened},
        f"{base}/widget.js": {"parameters": [account], "get": script},
    }


def _path(spec: ChannelSpec) -> dict[str, Any]:
    described: dict[str, Any] = {"parameters": [_parameter("account", "path")], "post": _post(spec)}
    method = method_of(spec.handshake)
    if method is not None:
        described[method.lower()] = _handshake(spec.handshake)
    return described


def _handshake(rule: Handshake | None) -> dict[str, Any]:
    match rule:
        case CrcChallenge():
            summary, parameters = "The handshake: the token's HMAC.", [_parameter("crc_token", "query")]
            kind, answer = "application/json", {"type": "object"}
        case OriginConsent():
            summary = "The handshake: the origin may send; `WebHook-Allowed-Rate` a minute."
            parameters, kind, answer = [_parameter("WebHook-Request-Origin", "header")], "text/plain", _TEXT
        case _:
            summary = "The handshake: the challenge is echoed to whoever knows the token."
            names = ("hub.mode", "hub.challenge", "hub.verify_token")
            parameters, kind, answer = [_parameter(name, "query") for name in names], "text/plain", _TEXT
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": {"description": "The answer.", "content": {kind: {"schema": answer}}},
            **_refusals("401", "404"),
        },
    }


def _post(spec: ChannelSpec) -> dict[str, Any]:
    rule = spec.verification
    headers = dict.fromkeys(_proof_of(rule), not isinstance(rule, AnyOf))
    headers |= {spec.idempotency_header: True} if spec.idempotency_header else {}
    refused = ["404", "408", "413", "422", "503"]
    refused += ["409"] if spec.idempotency_header else []
    refused += [] if isinstance(rule, NoVerification) else ["401"]
    told = [_FORM] if isinstance(rule, TwilioSignature) else ["application/json"]
    told += [_FORM] if isinstance(rule, AnyOf) and any(isinstance(each, TwilioSignature) for each in rule.rules) else []
    accepted = {"$ref": "#/components/schemas/Accepted"} if spec.answer_type == "application/json" else _TEXT
    return {
        "summary": f"A payload of {spec.channel.path}: at most {spec.body_bytes_max} bytes.",
        "parameters": [_parameter(name, "header", required=required) for name, required in headers.items()],
        "requestBody": {"required": True, "content": {kind: {"schema": {}} for kind in told}},
        "responses": {
            str(spec.answer_status): {"description": "On disk.", "content": {spec.answer_type: {"schema": accepted}}},
            **_refusals(*sorted(refused)),
        },
    }


def _proof_of(rule: Verification) -> list[str]:
    """The headers that its sender proves itself by."""
    match rule:
        case HmacSignature(header=header) | SecretToken(header=header):
            return [header]
        case StandardWebhook():
            return ["webhook-id", "webhook-timestamp", "webhook-signature"]
        case TwilioSignature():
            return ["X-Twilio-Signature"]
        case AnyOf(rules=rules):
            return [header for each in rules for header in _proof_of(each)]
        case _:
            return []


def _parameter(name: str, place: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": _TEXT}


def _refusals(*statuses: str) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": _REFUSALS[status], "content": error} for status in statuses}
