"""The text of contracts/asyncapi.yaml: every subject, who tells it, what travels under it; for readers and tools."""

from __future__ import annotations

import json
from collections.abc import Iterator
from inspect import getdoc

from contracts.examples import SEALED
from contracts.subjects import MESSAGES, ORIGINS, position_subject, replay_subject, stream_name

HEAD = """\
# Printed by `python -m tests.wire.print_schemas`: a difference in here is a decision.
asyncapi: 3.0.0
info:
  title: Eender
  version: 1.0.0
  description: What the services channels, case and routing tell each other over NATS JetStream.
defaultContentType: application/json
"""


def asyncapi_text() -> str:
    """The whole document; the schemas it points at lie beside it in schemas/."""
    return HEAD + "\n".join((*_channels(), *_operations(), *_messages())) + "\n"


def _channels() -> Iterator[str]:
    yield "channels:"
    for subject in sorted(MESSAGES):
        stream = stream_name(subject.split(".")[0])
        yield from _channel(subject, _summary(subject), f"Stream {stream}: its sequence is the position.", subject)
    for origin in ORIGINS:
        empty = "A private fact's place in the order, with nothing in it."
        yield from _channel(position_subject(origin), empty, f"Stream {stream_name(origin)}.", "position")
        again = "Re-reads a log where the transport has a hole; answered by a page."
        yield from _channel(replay_subject(origin), again, "NATS request and reply.", "replay")


def _channel(address: str, summary: str, description: str, message: str) -> Iterator[str]:
    yield f"  {address}:"
    yield f"    address: {address}"
    yield f"    summary: {json.dumps(summary)}"
    yield f"    description: {json.dumps(description)}"
    yield "    messages:"
    yield f"      {message}:"
    yield f"        $ref: '#/components/messages/{message}'"


def _operations() -> Iterator[str]:
    yield "operations:"
    for subject in sorted(MESSAGES):
        yield f"  {subject.replace('.', '-')}:"
        yield "    action: send"
        yield "    channel:"
        yield f"      $ref: '#/channels/{subject}'"


def _messages() -> Iterator[str]:
    yield "components:"
    yield "  messages:"
    for subject in sorted(MESSAGES):
        yield f"    {subject}:"
        yield f"      name: {MESSAGES[subject].__name__}"
        yield f"      summary: {json.dumps(_summary(subject))}"
        yield "      payload:"
        yield "        allOf:"
        yield "          - $ref: schemas/envelope.json"
        yield "          - properties:"
        yield "              data:"
        yield f"                $ref: schemas/{subject}.json"
        if subject in SEALED:
            yield "      x-sealed:"
            yield f"        $ref: schemas/{subject}.sealed.json"
    for name, schema in (("position", "envelope"), ("replay", "log.replay.request")):
        yield f"    {name}:"
        yield "      payload:"
        yield f"        $ref: schemas/{schema}.json"


def _summary(subject: str) -> str:
    return (getdoc(MESSAGES[subject]) or "").splitlines()[0]
