"""The front door itself: POST and GET on `/channels/{channel}/{account}`. A 2xx means: on disk, will appear once."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec

from contracts.vocabulary import Channel
from infra import metrics
from infra.telemetry import annotate, current_traceparent
from services.channels.domain.channel_spec import ChannelSpec, HubChallenge, is_posted
from services.channels.domain.door import Door
from services.channels.domain.handshake import answer_handshake, method_of
from services.channels.domain.hub_lease import word_of_hub
from services.channels.domain.inbound import Parsed
from services.channels.domain.inbound_size import ITEM_BYTES_MAX, TOO_LARGE, is_too_large
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.raw import (
    RawInbound,
    account_id_of,
    headers_to_keep,
    key_of_body,
    key_of_client,
    key_of_refused,
)
from services.channels.domain.verification import Posted, is_genuine
from services.channels.http.answers import Answer, Receive, Send, accepted, give, not_allowed, refused, shaken
from services.channels.http.body import BodyTooLarge, BodyTooSlow, ClientGone, drain, read_body
from services.channels.ports import Clock, HubLeases, Ids, RawStore, StoreUnavailable
from services.channels.settings import AccountSettings, ChannelsSettings

ROUTE = "/channels/{channel}/{account}"
IDEMPOTENCY_KEY_LENGTH_MAX = 255
QUERY_FIELDS_MAX = 16
PATH_SAFE = "@+:~"
"""What stands in a path as it is: so senders that sign the URL were told it."""
PATHS_KEPT_MAX = 1_024
REQUESTS_MAX = 512
UNKNOWN = "unknown"

Scope = MutableMapping[str, Any]


class Webhooks:
    """The ASGI application behind `/channels`. It never looks into a payload before it is verified."""

    def __init__(
        self,
        *,
        doors: Mapping[str, Door],
        settings: ChannelsSettings,
        store: RawStore,
        hubs: HubLeases,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._doors = doors
        self._settings = settings
        self._store = store
        self._hubs = hubs
        self._clock = clock
        self._ids = ids
        self._in_progress = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and count it."""
        scope["path_template"] = ROUTE
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        account = self._account(scope["path"])
        self._in_progress += 1
        try:
            if self._in_progress > REQUESTS_MAX:
                answer = refused(503, "unavailable", "too many at once; please send it again", close=True)
            elif account is None:
                answer = await self._unknown(receive, headers)
            elif scope["method"] == "POST":
                answer = await self._take_in(self._doors[account.channel], account, scope, receive, headers)
            else:
                answer = await self._handshake(self._doors[account.channel].spec, account, scope, receive, headers)
        except ClientGone:
            return
        finally:
            self._in_progress -= 1
        channel = account.channel.path if account else UNKNOWN
        metrics.webhooks.labels(channel, answer.result).inc()
        annotate(channel=channel, result=answer.result)
        await give(send, answer)

    def _account(self, path: str) -> AccountSettings | None:
        """The account that the path below `/channels` names, or None."""
        parts = path.strip("/").split("/")
        channel = Channel.from_path(parts[0]) if len(parts) == 2 else None  # noqa: PLR2004  (channel and account)
        if channel is None or channel not in self._doors or not is_posted(self._doors[channel].spec):
            return None
        return self._settings.accounts.get(account_id_of(channel, parts[1]))

    async def _unknown(self, receive: Receive, headers: Mapping[str, str]) -> Answer:
        drained = await drain(receive, headers)
        return refused(404, "not-found", "there is no such channel account", close=not drained)

    async def _handshake(
        self,
        spec: ChannelSpec,
        account: AccountSettings,
        scope: Scope,
        receive: Receive,
        headers: Mapping[str, str],
    ) -> Answer:
        drained = await drain(receive, headers)
        method = method_of(spec.handshake)
        if scope["method"] != method or spec.handshake is None:
            return not_allowed(f"{method}, POST" if method else "POST", close=not drained)
        query = _query(scope)
        answer = answer_handshake(spec.handshake, query, headers, account.secrets)
        if answer is None:
            return _unauthorised()
        if isinstance(spec.handshake, HubChallenge) and spec.handshake.leases:
            try:
                if not await self._asked_for(account, query):
                    return refused(404, "not-found", "nobody asked for this topic")
            except StoreUnavailable:
                return refused(503, "unavailable", "it could not be noted now; please ask again")
        return shaken(answer)

    async def _asked_for(self, account: AccountSettings, query: Mapping[str, str]) -> bool:
        """Whether a hub says something of what was asked of it; where an operator subscribes, we were not there."""
        word = word_of_hub(query)
        if word is None or account.secret("public_url") is None:
            return word is not None
        return await self._hubs.heard(account_id_of(account.channel, account.account), word)

    async def _take_in(
        self, door: Door, account: AccountSettings, scope: Scope, receive: Receive, headers: Mapping[str, str]
    ) -> Answer:
        spec = door.spec
        try:
            body = await read_body(receive, headers, bytes_max=spec.body_bytes_max)
        except BodyTooLarge as problem:
            limit = f"at most {spec.body_bytes_max} bytes are taken"
            return refused(413, "too-large", limit, close=not problem.drained)
        except BodyTooSlow:
            return refused(408, "too-slow", "the body did not come in time", close=True)
        now = self._clock.now()
        query = scope.get("query_string", b"").decode("latin-1")
        path = _path_of(account.channel, account.account)
        posted = Posted(headers=headers, body=body, path=path, query=query)
        if not is_genuine(spec.verification, posted, account.secrets, now=now):
            return _unauthorised()
        raw = RawInbound(
            raw_id=self._ids.new(),
            channel=account.channel,
            account=account.account,
            body=body,
            received_at=now,
            dedupe_key=key_of_body(body),
            traceparent=current_traceparent(),
            headers=headers_to_keep(spec.kept_headers, headers),
        )
        try:
            return await self._understand(door, raw, headers)
        except StoreUnavailable:
            return refused(503, "unavailable", "it could not be stored now; please send it again")

    async def _understand(self, door: Door, raw: RawInbound, headers: Mapping[str, str]) -> Answer:
        """Keep the payload either way; say what is wrong with one that nobody can read.

        Raises:
            StoreUnavailable: it is not on disk.
        """
        try:
            key = _client_key(door.spec, headers)
            if key is not None:
                raw = msgspec.structs.replace(raw, dedupe_key=key_of_client(key))
            _check_size(door.parse(raw, region=self._settings.region), raw)
        except NotUnderstood as problem:
            kept = msgspec.structs.replace(raw, dedupe_key=key_of_refused(raw.body))
            await self._store.keep(kept, refused=problem.code)
            return refused(422, problem.code, problem.detail, field=problem.field)
        before = await self._store.keep(raw)
        if not before.same:
            header = door.spec.idempotency_header
            return refused(409, "key-reused", "this key was used for another body", field=header)
        return accepted(door.spec, new=before.new)


@lru_cache(maxsize=PATHS_KEPT_MAX)
def _path_of(channel: Channel, account: str) -> str:
    """Under which an account is posted to."""
    return ROUTE.format(channel=channel.path, account=quote(account, safe=PATH_SAFE))


def _client_key(spec: ChannelSpec, headers: Mapping[str, str]) -> str | None:
    """The key that the client names, where its channel asks for one."""
    if spec.idempotency_header is None:
        return None
    key = headers.get(spec.idempotency_header.lower(), "").strip()
    if not key:
        raise NotUnderstood("missing-header", "every form needs a key of its own", spec.idempotency_header)
    if len(key) > IDEMPOTENCY_KEY_LENGTH_MAX:
        limit = f"at most {IDEMPOTENCY_KEY_LENGTH_MAX} characters"
        raise NotUnderstood("invalid-header", limit, spec.idempotency_header)
    return key


def _check_size(parsed: Parsed, raw: RawInbound) -> None:
    """Tell the sender of one thing that it is too much to be told; of several, the others are taken."""
    if len(parsed.items) == 1 and is_too_large(parsed.items[0], body_bytes=len(raw.body)):
        raise NotUnderstood(TOO_LARGE, f"what it says may take {ITEM_BYTES_MAX} bytes as JSON")


def _unauthorised() -> Answer:
    return refused(401, "unauthorised", "not accepted")


def _query(scope: Scope) -> dict[str, str]:
    query = scope.get("query_string", b"").decode("latin-1")
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=QUERY_FIELDS_MAX))
    except ValueError:
        return {}
