"""What came over HTTP: the parameters of one GraphQL request, or why it is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
from litestar.types import Receive, Scope

BODY_BYTES_MAX = 256 * 1024
ACCEPTS_KEPT_MAX = 64
JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
EVENTS = "text/event-stream"


class BadRequestError(Exception):
    """Not a GraphQL request. Told in GraphQL's shape, with an HTTP status of its own.

    `well_formed`: it is one, but is not executed; clients that take plain JSON get 200, as for a wrong document.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        *,
        well_formed: bool = False,
    ) -> None:
        super().__init__(message)
        self.well_formed = well_formed
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


class Incoming:
    """One HTTP request, as far as this API looks at it. `headers`: by lower-case name, the first of each."""

    __slots__ = ("_scope", "headers", "method")

    def __init__(self, scope: Scope) -> None:
        asked: Any = scope
        self._scope = asked
        self.method: str = asked["method"]
        self.headers: dict[str, str] = {}
        for name, value in asked["headers"]:
            self.headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))

    @property
    def query(self) -> dict[str, Any]:
        """The parameters of the URL, the first of each."""
        found: dict[str, Any] = {}
        for name, value in parse_qsl(self._scope["query_string"].decode("latin-1"), keep_blank_values=True):
            found.setdefault(name, value)
        return found


@dataclass(frozen=True, slots=True)
class Asked:
    """One GraphQL request: a document, or the id of a trusted one (then `query` may be empty)."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    document_id: str | None = None


async def read_request(request: Incoming, receive: Receive) -> Asked:
    """The GraphQL request of a GET or a POST.

    Raises:
        BadRequestError: too large, of another media type, no JSON, or no request.
    """
    if request.method == "GET":
        return asked_of(_query_parameters(request))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        raise BadRequestError(415, "UNSUPPORTED_MEDIA_TYPE", f"the body must be {JSON}")
    return asked_of(_parsed(await read_body(request, receive), "the body"))


async def read_body(request: Incoming, receive: Receive) -> bytes:
    """The body, as long as it is not too large.

    Raises:
        BadRequestError: it is.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > BODY_BYTES_MAX:
        raise _too_large()
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise BadRequestError(400, "BAD_REQUEST", "the body ended early")
        body += message.get("body", b"")
        if len(body) > BODY_BYTES_MAX:
            raise _too_large()
        if not message.get("more_body", False):
            return bytes(body)


def _too_large() -> BadRequestError:
    return BadRequestError(413, "PAYLOAD_TOO_LARGE", f"at most {BODY_BYTES_MAX} bytes", {"connection": "close"})


def asked_of(parameters: Any) -> Asked:
    """The request that these parameters make.

    Raises:
        BadRequestError: they make none.
    """
    if not isinstance(parameters, dict):
        raise _malformed("one JSON object is expected; batches are not taken")
    name = parameters.get("operationName")
    if name is not None and not isinstance(name, str):
        raise _malformed("`operationName` must be a string")
    for optional in ("variables", "extensions"):
        if not isinstance(parameters.get(optional), dict | None):
            raise _malformed(f"`{optional}` must be an object")
    document_id = _document_id(parameters)
    query = parameters.get("query", "" if document_id else None)
    if not isinstance(query, str) or not (query.strip() or document_id):
        raise _malformed("`query` must be a document")
    return Asked(
        query=query,
        variables=parameters.get("variables") or {},
        operation_name=name,
        document_id=document_id,
    )


def _document_id(parameters: dict[str, Any]) -> str | None:
    """The id of a trusted document: as GraphQL over HTTP names it, else as Apollo's clients do."""
    named = parameters.get("documentId")
    if named is not None and not isinstance(named, str):
        raise _malformed("`documentId` must be a string")
    persisted = (parameters.get("extensions") or {}).get("persistedQuery")
    hashed = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    return named or (hashed if isinstance(hashed, str) else None)


def _query_parameters(request: Incoming) -> dict[str, Any]:
    parameters = request.query
    for name in ("variables", "extensions"):
        if isinstance(parameters.get(name), str):
            parameters[name] = _parsed(parameters[name], f"`{name}`")
    return parameters


def _parsed(text: bytes | str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _malformed(f"{what} must be JSON") from None


def _malformed(message: str) -> BadRequestError:
    return BadRequestError(400, "BAD_REQUEST", message)


@lru_cache(maxsize=ACCEPTS_KEPT_MAX)
def negotiated(accept: str | None) -> str:
    """The media type to answer in, by the client's preferences; ours among equals is plain JSON.

    Raises:
        BadRequestError: the client takes none that we have.
    """
    if not (accept or "").strip():
        return JSON
    best, quality = None, 0.0
    for offered in (accept or "").split(","):
        kind, *parameters = (part.strip().lower() for part in offered.split(";"))
        found = {"*/*": JSON, "application/*": JSON}.get(kind, kind)
        weight = _quality(parameters)
        if found in {JSON, RESPONSE_JSON, EVENTS} and weight > quality:
            best, quality = found, weight
    if best is None:
        raise BadRequestError(406, "NOT_ACCEPTABLE", f"answers are {RESPONSE_JSON}, {JSON} or {EVENTS}")
    return best


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
