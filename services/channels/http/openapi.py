"""The front door as OpenAPI describes it: printed into `contracts/openapi.json`, where a diff is a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.channels.domain.channel_spec import ChannelSpec, HmacSignature
from services.channels.domain.door import Door

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
_ACCEPTED = {"type": "object", "required": ["status"], "properties": {"status": {"const": "accepted"}}}


def openapi(doors: Mapping[str, Door]) -> dict[str, Any]:
    """The document for these doors, the same for the same doors."""
    paths = {f"/channels/{door.spec.channel.path}/{{account}}": _path(door.spec) for door in doors.values()}
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


def _path(spec: ChannelSpec) -> dict[str, Any]:
    account = {"name": "account", "in": "path", "required": True, "schema": {"type": "string"}}
    described: dict[str, Any] = {"parameters": [account], "post": _post(spec)}
    if spec.handshake is not None:
        names = ("hub.mode", "hub.challenge", "hub.verify_token")
        described["get"] = {
            "summary": "The handshake: the challenge is echoed to whoever knows the token.",
            "parameters": [
                {"name": name, "in": "query", "required": True, "schema": {"type": "string"}} for name in names
            ],
            "responses": {
                "200": {"description": "The challenge.", "content": {"text/plain": {"schema": {"type": "string"}}}},
                **_refusals("401", "404"),
            },
        }
    return described


def _post(spec: ChannelSpec) -> dict[str, Any]:
    headers = [spec.idempotency_header] if spec.idempotency_header else []
    refused = ["404", "408", "413", "422", "503"]
    refused += ["409"] if spec.idempotency_header else []
    if isinstance(spec.verification, HmacSignature):
        headers.append(spec.verification.header)
        refused.append("401")
    accepted = {"schema": {"$ref": "#/components/schemas/Accepted"}}
    return {
        "summary": f"A payload of {spec.channel.path}: at most {spec.body_bytes_max} bytes of JSON.",
        "parameters": [
            {"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in headers
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {
            str(spec.answer_status): {"description": "On disk.", "content": {"application/json": accepted}},
            **_refusals(*sorted(refused)),
        },
    }


def _refusals(*statuses: str) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": _REFUSALS[status], "content": error} for status in statuses}
