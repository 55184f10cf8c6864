"""Makes up an example of a fact from the types of its fields, for topics that have none yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from enum import Enum
from inspect import getsource
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from eventsourcing.utils import get_topic

from contracts.stored import FirstFact, Stream
from infra.event_store import AnyFact
from infra.event_store.mapper import form_of
from tests.architecture.sources import SERVICES
from tests.architecture.test_facts_can_be_kept_for_ever import all_of, facts_of
from tests.replay.golden import (
    BEGIN,
    STREAMS,
    GoldenStream,
    StoredExample,
    folded,
    state,
    stored_topics,
    streams,
    text_of,
)

WORDS = {
    "text": "Where is my parcel?",
    "written": "Sam@Shop.example",
    "value": "sam@shop.example",
    "name": "Sam Bakker",
    "sender_name": "Sam Bakker",
    "display_name": "Anna de Vries",
    "email": "anna@shop.example",
    "currency": "EUR",
    "number": "100001",
    "language": "nl",
    "account": "waba-1",
    "brand": "shop",
    "ref": "anna",
    "agent_ref": "anna",
    "approver_ref": "lena",
    "decider_ref": "lena",
    "team_ref": "care",
    "policy_version": "1",
    "media_type": "image/png",
    "emoji": "👍",
    "digest": "5e" * 32,
}
"""Words that fields of these names hold; all others hold their name."""


def add_missing() -> Iterator[str]:
    """Write an example of every topic that has none, and fold all streams anew; the topics that were added."""
    known = {example.topic for _, stream in streams() for example in stream.facts}
    for topic, service in stored_topics().items():
        fact = next(kind for kind in facts_of(service) if topic == kind.__dict__["TOPIC"] or topic in kind.FORMER)
        if topic in known or topic in fact.FORMER:
            continue
        if issubclass(fact, FirstFact):
            yield _begin(service, fact)
    yield from _append_all(
        [
            (service, fact)
            for service in SERVICES
            for fact in facts_of(service)
            if fact.__dict__["TOPIC"] not in known and not issubclass(fact, FirstFact)
        ]
    )
    for path, stream in streams():
        stream.folded = state(folded(stream))
        path.write_bytes(text_of(stream))


def example_of(fact: type[Any], stream: type[Any] | None) -> StoredExample:
    """A made-up fact. `stream`: the aggregate that it begins."""
    hints = get_type_hints(fact, include_extras=True)
    kind: type[AnyFact] = fact
    form = form_of(kind)
    clear = {name: value_of(name, hints[name]) for name in form.clear_names if name != "originator_topic"}
    if "originator_topic" in form.clear_names and stream is not None:
        clear = {"originator_topic": get_topic(stream), **clear}
    sealed = {name: _personal(name, value_of(name, hints[name])) for name in form.sealed_names}
    encoded = msgspec.json.encode([clear, sealed or None])
    plain = msgspec.json.decode(encoded)
    return StoredExample(fact.__dict__["TOPIC"], plain[0], plain[1])


def _personal(name: str, value: Any) -> Any:
    """Another word than clear fields of the same name hold, so that a test can look for it."""
    return f"personal {value}" if value == name.replace("_", "-") else value


def value_of(name: str, hint: Any) -> Any:
    """A value of a type for a field of that name: ids of one name are one id."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return value_of(name, args[0])
    if args and NoneType in args:
        return value_of(name, next(each for each in args if each is not NoneType))
    if origin is tuple:
        return (value_of(name.removesuffix("s"), args[0]),)
    if origin is dict:
        return {name: value_of(name, args[1])}
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return hint(**{field.name: value_of(field.name, field.type) for field in msgspec.structs.fields(hint)})
    return _simple(name, hint)


def _simple(name: str, hint: Any) -> Any:
    if hint is UUID:
        return uuid5(NAMESPACE_URL, name)
    if hint is date:
        return BEGIN.date()
    if hint is datetime:
        later = any(part in name for part in ("until", "end", "expire", "due"))
        return BEGIN + timedelta(days=7 if later else 0)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    simple: dict[Any, Any] = {int: 1250 if name.endswith("_minor") else 1, bool: True, float: 0.5}
    return simple[hint] if hint in simple else WORDS.get(name, name.replace("_", "-"))


def _streams_of(service: str) -> list[type[Any]]:
    return [kind for kind in all_of(Stream) if kind.__module__.startswith(f"services.{service}.")]


def _begin(service: str, fact: type[Any]) -> str:
    created = re.compile(rf"_create\(\s*(?:\w+\.)?{fact.__name__}\b")
    stream = next(kind for kind in _streams_of(service) if created.search(getsource(kind)))
    topic = str(fact.__dict__["TOPIC"])
    path = STREAMS / service / f"{topic}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text_of(GoldenStream(get_topic(stream), [example_of(fact, stream)])))
    return topic


def _append_all(left: list[tuple[str, type[Any]]]) -> Iterator[str]:
    """Those that need another first wait for it.

    Raises:
        LookupError: no stream takes one of them.
    """
    while left:
        done = {fact for service, fact in left if _append(service, fact)}
        if not done:
            raise LookupError(f"write by hand what happened before {[fact.__dict__['TOPIC'] for _, fact in left]}")
        yield from (fact.__dict__["TOPIC"] for fact in done)
        left = [(service, fact) for service, fact in left if fact not in done]


def _append(service: str, fact: type[Any]) -> bool:
    """Put it where the stream still folds: at the end, else as late as it can be; False: nowhere yet."""
    kind = get_topic(_stream_applied_to(service, fact))
    path, golden = next((path, golden) for path, golden in streams() if golden.kind == kind)
    example = example_of(fact, None)
    for place in range(len(golden.facts), 0, -1):
        longer = GoldenStream(golden.kind, [*golden.facts[:place], example, *golden.facts[place:]])
        with suppress(KeyError, AttributeError):
            folded(longer)
            path.write_bytes(text_of(longer))
            return True
    return False


def _stream_applied_to(service: str, fact: type[Any]) -> type[Any]:
    named = fact.__dict__["apply"].__annotations__["aggregate"] if "apply" in fact.__dict__ else None
    recorded = re.compile(rf"trigger_event\(\s*(?:\w+\.)?{fact.__name__}\b")
    for stream in _streams_of(service):
        if named == stream.__name__ or (named is None and recorded.search(getsource(stream))):
            return stream
    raise LookupError(f"no stream of {service} takes {fact.__dict__['TOPIC']}: write its example by hand")
