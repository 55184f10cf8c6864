"""Examples, types and printed schemas of what services say to each other agree, and nobody's data lies open in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # ships no types
import msgspec
import pytest

from contracts import examples, subjects
from contracts.envelope import Message
from contracts.log import ReplayPage, ReplayRequest
from tests.wire.print_schemas import outdated, printed

CASES = [(subject, examples.EXAMPLES[subject]) for subject in sorted(examples.EXAMPLES)]
TRANSPORT = [
    ("envelope", examples.MESSAGE, Message),
    ("envelope", examples.PRIVATE_POSITION, Message),
    ("log.replay.request", examples.REPLAY_REQUEST, ReplayRequest),
    ("log.replay.page", examples.REPLAY_PAGE, ReplayPage),
]

PERSONAL_FIELDS = re.compile(r"name|mail|phone|address|text|subject|value|handle(?!_kind)|sender|body")
OPEN_ON_PURPOSE = {
    (subjects.ACCOUNT_CONFIGURED, "name"),  # the channel account's own name
    (subjects.ACCOUNT_CONFIGURED, "brand_name"),
    (subjects.TEAM_CHANGED, "name"),
    (subjects.AGENT_CHANGED, "display_name"),  # colleagues, not customers
    (subjects.AGENT_CHANGED, "email"),
    (subjects.AGENT_UPSERT_REQUESTED, "display_name"),
    (subjects.AGENT_UPSERT_REQUESTED, "email"),
}


def json_of(value: Any) -> Any:
    return json.loads(msgspec.json.encode(value))


def schema_of(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(printed()[name])
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def test_every_subject_has_an_example_and_no_example_is_left_over() -> None:
    assert examples.EXAMPLES.keys() == subjects.MESSAGES.keys()


def test_every_subject_is_a_room_a_noun_a_past_verb_and_a_version() -> None:
    for subject in subjects.MESSAGES:
        origin, *_ = subject.split(".")
        assert origin in subjects.ORIGINS
        assert re.fullmatch(r"[a-z]+\.[a-z-]+\.[a-z]+(ed|en|t|ld)\.v[1-9][0-9]*", subject), subject


def test_every_subject_constant_is_in_the_table() -> None:
    named = {
        value
        for name, value in vars(subjects).items()
        if name.isupper() and isinstance(value, str) and value not in subjects.ORIGINS
    }
    assert named == subjects.MESSAGES.keys()


def test_the_printed_schemas_are_up_to_date() -> None:
    assert outdated() == [], "run: python -m tests.wire.print_schemas"


@pytest.mark.parametrize(("subject", "example"), CASES)
def test_an_example_is_valid_by_its_schema(subject: str, example: msgspec.Struct) -> None:
    jsonschema.validate(json_of(example), schema_of(subject), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(("subject", "example"), CASES)
def test_an_example_survives_the_wire(subject: str, example: msgspec.Struct) -> None:
    kind = subjects.MESSAGES[subject]
    assert type(example) is kind
    assert msgspec.json.decode(msgspec.json.encode(example), type=kind) == example


@pytest.mark.parametrize(("subject", "example"), CASES)
def test_an_older_receiver_reads_past_a_field_it_does_not_know(subject: str, example: msgspec.Struct) -> None:
    later = json.dumps(json_of(example) | {"a_field_of_next_year": {"x": 1}})
    assert msgspec.json.decode(later, type=subjects.MESSAGES[subject]) == example


@pytest.mark.parametrize(("subject", "example"), CASES)
def test_a_message_is_frozen(subject: str, example: msgspec.Struct) -> None:
    assert subjects.MESSAGES[subject].__struct_config__.frozen
    with pytest.raises(AttributeError):
        setattr(example, example.__struct_fields__[0], None)


@pytest.mark.parametrize(("name", "example", "kind"), TRANSPORT)
def test_what_carries_messages_survives_the_wire_too(name: str, example: Any, kind: type[Any]) -> None:
    jsonschema.validate(json_of(example), schema_of(name), cls=jsonschema.Draft202012Validator)
    again = msgspec.json.decode(msgspec.json.encode(example), type=kind)
    assert msgspec.json.encode(again) == msgspec.json.encode(example)


@pytest.mark.parametrize(("subject", "content"), sorted(examples.SEALED.items()))
def test_sealed_content_survives_its_envelope(subject: str, content: msgspec.Struct) -> None:
    plaintext = msgspec.json.encode({"content": content})
    opened = msgspec.json.decode(plaintext, type=dict[str, type(content)])  # type: ignore[misc]  # known only here
    assert opened == {"content": content}
    jsonschema.validate(json_of(content), schema_of(f"{subject}.sealed"), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(("subject", "example"), CASES)
def test_no_clear_part_has_a_field_for_what_must_be_sealed(subject: str, example: msgspec.Struct) -> None:
    suspects = {(subject, name) for name in example.__struct_fields__ if PERSONAL_FIELDS.search(name)}
    assert suspects <= OPEN_ON_PURPOSE


def test_nothing_of_the_sealed_examples_stands_in_any_clear_part() -> None:
    enum_values = {"WHATSAPP"}
    sealed = {text for content in examples.SEALED.values() for text in texts(json_of(content))} - enum_values
    assert sealed, "the examples seal something"
    clear = msgspec.json.encode(list(examples.EXAMPLES.values())) + msgspec.json.encode(examples.MESSAGE)
    for text in sealed:
        assert text.encode() not in clear
        assert json.dumps(text).strip('"').encode() not in clear


def test_a_schema_knows_its_subject_and_draft() -> None:
    schema = schema_of(subjects.CASE_OPENED)
    assert schema["$id"] == "urn:eender:case.case.opened.v1"
    assert schema["$schema"].endswith("2020-12/schema")
