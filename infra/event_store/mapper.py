"""Facts to bytes and back: a typed form per fact class, the clear fields apart from the sealed ones."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from functools import cache
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    NotRequired,
    TypeAlias,
    TypedDict,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from eventsourcing.utils import TopicError, resolve_topic

from contracts.stored import Fact, FirstFact, Sealed
from infra.transparency import counted

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

AnyFact: TypeAlias = Fact | FirstFact

_TOPIC = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+\.v[1-9][0-9]*")
VERSIONS_MAX = 100
"""Of one topic."""
_HEADER = frozenset({"originator_id", "originator_version", "timestamp"})
_new, _set = object.__new__, object.__setattr__


class UnknownTopic(Exception):  # noqa: N818
    """A stored fact that this version of the program has no class for: of another kind, or of a newer program's."""

    def __init__(self, stream_id: UUID, version: int, topic: str) -> None:
        known = known_version(topic)
        what = f"unknown topic {topic}"
        if known:
            what = f"topic {topic} is newer than this program, which knows it up to v{known}"
        super().__init__(f"stream {stream_id} version {version}: {what}")
        self.stream_id = stream_id
        self.version = version
        self.topic = topic


class FactUnreadable(Exception):  # noqa: N818
    """A fact whose fields do not have the types its class says; refused before it is stored, never repaired after."""

    def __init__(self, stream_id: UUID, version: int, topic: str, detail: str) -> None:
        super().__init__(f"stream {stream_id} version {version}, topic {topic}: {detail}")
        self.stream_id = stream_id
        self.version = version
        self.topic = topic


class FactForm:
    """How one fact class is stored: JSON objects of its clear and of its sealed fields, by name, in order."""

    def __init__(self, kind: type[AnyFact]) -> None:
        hints = get_type_hints(kind, include_extras=True)
        stored = [field for field in fields(kind) if field.name not in _HEADER]
        self.kind = kind
        self.counted_topic = counted(kind.TOPIC.encode())
        self.sealed_names = tuple(field.name for field in stored if _is_sealed(hints[field.name]))
        clear = [field for field in stored if field.name not in self.sealed_names]
        self.clear_names = tuple(field.name for field in clear)
        defaults = {field.name: field.default for field in clear if field.default is not MISSING}
        # Decoded to dicts, which become the fact's own: no object in between whose fields would be copied.
        self._clear = _decoder(kind, {name: hints[name] for name in self.clear_names}, optional=defaults)
        self._sealed = _decoder(kind, {name: hints[name] for name in self.sealed_names}, optional=self.sealed_names)
        self._defaults: dict[str, Any] = defaults
        self._nothing: dict[str, Any] = dict.fromkeys(self.sealed_names)

    def clear_json(self, fact: AnyFact) -> bytes:
        """The JSON of the clear fields, checked to be readable again.

        Raises:
            FactUnreadable: a field has not the type its class says.
        """
        values = fact.__dict__
        encoded = self._encoded(fact, {name: values[name] for name in self.clear_names})
        self._decoded(fact, self._clear, encoded)
        return encoded

    def holds_sealed(self, fact: AnyFact) -> bool:
        """Whether any of its sealed fields holds something."""
        values = fact.__dict__
        for name in self.sealed_names:  # noqa: SIM110  (a generator would take longer than most facts' one field)
            if values[name] is not None:
                return True
        return False

    def sealed_json(self, fact: AnyFact) -> bytes | None:
        """The JSON of those sealed fields that hold something; None where none does.

        Raises:
            FactUnreadable: a field has not the type its class says.
        """
        values = fact.__dict__
        held = {name: values[name] for name in self.sealed_names if values[name] is not None}
        if not held:
            return None
        encoded = self._encoded(fact, held)
        self._decoded(fact, self._sealed, encoded)
        return encoded

    def fact(self, *, stream_id: UUID, version: int, at: datetime, clear: bytes, sealed: bytes | None) -> AnyFact:
        """The fact again. `sealed`: the opened envelope; None gives None in every sealed field.

        Raises:
            FactUnreadable: the stored bytes are not of this form.
        """
        fact: AnyFact = _new(self.kind)
        try:
            # What the decoder makes becomes the fact's own: no other dict is filled from it.
            values: dict[str, Any] = self._clear.decode(clear)
            if len(values) < len(self.clear_names):
                values = {**self._defaults, **values}
            opened = self._nothing if sealed is None else self._sealed.decode(sealed)
            if len(opened) < len(self._nothing):
                values.update(self._nothing)
        except msgspec.DecodeError:
            _set(fact, "__dict__", {"originator_id": stream_id, "originator_version": version})
            self._decoded(fact, self._clear, clear)
            self._decoded(fact, self._sealed, b"{}" if sealed is None else sealed)
            raise
        values.update(opened)
        values["originator_id"], values["originator_version"], values["timestamp"] = stream_id, version, at
        # A frozen fact is filled by its __dict__, as the library does: nothing validates or computes on replay.
        _set(fact, "__dict__", values)
        return fact

    def _encoded(self, fact: AnyFact, values: dict[str, Any]) -> bytes:
        try:
            return msgspec.json.encode(values)
        except (TypeError, ValueError) as error:
            raise self._unreadable(fact, error) from None

    def _decoded(self, fact: AnyFact, decoder: msgspec.json.Decoder[Any], encoded: bytes) -> Any:
        try:
            return decoder.decode(encoded)
        except msgspec.DecodeError as error:
            # The text may quote a value, which of a sealed field nobody is to see.
            detail = error if decoder is self._clear else TypeError("a sealed field has not its type")
            raise self._unreadable(fact, detail) from None

    def _unreadable(self, fact: AnyFact, error: Exception) -> FactUnreadable:
        return FactUnreadable(fact.originator_id, fact.originator_version, self.kind.TOPIC, str(error))


@cache
def form_of(kind: type[AnyFact]) -> FactForm:
    """The form of a fact class; made once."""
    return FactForm(kind)


class FormerForm(FactForm):
    """How a fact was stored under an earlier version of its topic: its fields become today's as they are read."""

    def __init__(self, kind: type[AnyFact], topic: str) -> None:
        super().__init__(kind)
        former = list(kind.FORMER)
        self._steps = [kind.FORMER[each] for each in former[former.index(topic) :]]

    def fact(self, *, stream_id: UUID, version: int, at: datetime, clear: bytes, sealed: bytes | None) -> AnyFact:
        """The fact as it is today.

        Raises:
            FactUnreadable: what became of the stored fields is not of today's form.
        """
        stored: dict[str, Any] = msgspec.json.decode(clear)
        if sealed is not None:
            stored |= msgspec.json.decode(sealed)
        for step in self._steps:
            stored = step(stored)
        personal = {name: stored.pop(name) for name in self.sealed_names if name in stored}
        return super().fact(
            stream_id=stream_id,
            version=version,
            at=at,
            clear=msgspec.json.encode(stored),
            sealed=None if sealed is None else msgspec.json.encode(personal),
        )


@cache
def former_form_of(kind: type[AnyFact], topic: str) -> FormerForm:
    """The form a fact class had under an earlier topic; made once."""
    return FormerForm(kind, topic)


def known_version(topic: str) -> int:
    """The highest version below this topic's own that has a class here; 0: none."""
    name, _, number = topic.rpartition(".v")
    if not _TOPIC.fullmatch(topic):
        return 0
    below = range(min(int(number) - 1, VERSIONS_MAX), 0, -1)
    return next((version for version in below if _class_of(f"{name}.v{version}") is not None), 0)


def _class_of(topic: str) -> type[AnyFact] | None:
    try:
        # For anything but a registered name the library would import what the database says.
        kind = resolve_topic(topic) if _TOPIC.fullmatch(topic) else None
    except TopicError:
        return None
    return kind if isinstance(kind, type) and issubclass(kind, Fact | FirstFact) else None


def form_of_topic(topic: str, *, stream_id: UUID, version: int) -> FactForm:
    """The form behind a stored topic, an earlier version's included.

    Raises:
        UnknownTopic: no fact class here has it.
    """
    form = _FORMS.get(topic)
    if form is None:
        kind = _class_of(topic)
        if kind is None:
            raise UnknownTopic(stream_id, version, topic)
        form = _FORMS[topic] = form_of(kind) if topic == kind.TOPIC else former_form_of(kind, topic)
    return form


_FORMS: dict[str, FactForm] = {}
"""By topic, of classes there are: no more than those."""


def _is_sealed(hint: Any) -> bool:
    return get_origin(hint) is Annotated and Sealed in get_args(hint)[1:]


def _decoder(kind: type, form: dict[str, Any], *, optional: Collection[str]) -> msgspec.json.Decoder[Any]:
    typed: Any = TypedDict  # no checker can know a form that is made while running
    form_of_kind = typed(
        kind.__name__, {name: NotRequired[hint] if name in optional else hint for name, hint in form.items()}
    )
    return msgspec.json.Decoder(form_of_kind)
