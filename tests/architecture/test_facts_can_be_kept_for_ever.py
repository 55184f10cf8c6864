"""What is stored outlives the code: every fact has an explicit topic, a reason to exist, and a decided publicity."""

from __future__ import annotations

import ast
import re
from inspect import getdoc, getsource
from types import ModuleType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from contracts import content
from contracts.stored import Fact, FirstFact, Sealed, Stream
from tests.architecture.sources import SERVICES, module_at, modules_of

TOPIC = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+\.v[1-9][0-9]*")
CONTENT_TYPES = tuple(value for value in vars(content).values() if isinstance(value, type))


def all_of(kind: type) -> set[type]:
    found: set[type] = set(kind.__subclasses__())
    return found | {deeper for each in found for deeper in all_of(each)}


def facts_of(service: str) -> list[type[Any]]:
    """The fact classes of a service that are really stored."""
    domain = module_at(f"services.{service}.domain")
    if domain is None:
        return []
    modules_of(f"services.{service}.domain")
    mine = f"services.{service}."
    return sorted(
        (kind for kind in all_of(Fact) | all_of(FirstFact) if kind.__module__.startswith(mine)),
        key=lambda kind: str(kind.__dict__.get("TOPIC")),
    )


def sealed_fields(fact: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(fact, include_extras=True)
    return {
        name: get_args(hint)[0]
        for name, hint in hints.items()
        if get_origin(hint) is Annotated and any(mark is Sealed or isinstance(mark, Sealed) for mark in get_args(hint))
    }


@pytest.mark.parametrize("service", SERVICES)
def test_every_fact_has_an_explicit_versioned_topic(service: str) -> None:
    for fact in facts_of(service):
        topic = fact.__dict__.get("TOPIC")
        assert isinstance(topic, str), fact
        assert TOPIC.fullmatch(topic), f"{fact}: {topic}"


def test_no_two_facts_share_a_topic() -> None:
    for service in SERVICES:
        topics = [fact.TOPIC for fact in facts_of(service)]
        assert sorted(set(topics)) == sorted(topics)


@pytest.mark.parametrize("service", SERVICES)
def test_every_fact_says_why_it_exists(service: str) -> None:
    for fact in facts_of(service):
        assert fact.__doc__, fact
        assert getdoc(fact) not in {getdoc(Fact), getdoc(FirstFact)}, fact


@pytest.mark.parametrize("service", SERVICES)
def test_a_sealed_field_may_be_none_as_its_key_may_be_destroyed(service: str) -> None:
    for fact in facts_of(service):
        for name, hint in sealed_fields(fact).items():
            assert type(None) in get_args(hint), f"{fact}.{name}"


def test_every_stream_has_a_topic_of_its_own() -> None:
    for service in SERVICES:
        facts_of(service)
    streams = [kind for kind in all_of(Stream) if kind.__module__.startswith("services.")]
    topics = [str(kind.__dict__.get("TOPIC")) for kind in streams]
    assert "None" not in topics
    assert sorted(set(topics)) == sorted(topics)


def handled_by(publish: ModuleType) -> set[object]:
    """The classes that a publish module turns into something: matched, keyed in a table, or asked for."""
    named: list[ast.expr] = []
    for node in ast.walk(ast.parse(getsource(publish))):
        if isinstance(node, ast.MatchClass):
            named.append(node.cls)
        elif isinstance(node, ast.Dict):
            named += [key for key in node.keys if key is not None]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            named += node.args[1].elts if isinstance(node.args[1], ast.Tuple) else [node.args[1]]
    return {meant_by(expression, publish) for expression in named}


def meant_by(expression: ast.expr, module: ModuleType) -> object:
    """What a dotted name means in a module, or None."""
    found: object = module
    for part in ast.unparse(expression).split("."):
        found = getattr(found, part, None)
    return found


def published_and_private(service: str) -> tuple[set[object], frozenset[str]]:
    publish = module_at(f"services.{service}.publish")
    if publish is None:
        pytest.skip("this service publishes nothing yet")
    return handled_by(publish), getattr(publish, "PRIVATE_TOPICS", frozenset())


@pytest.mark.parametrize("service", SERVICES)
def test_every_fact_is_published_or_named_private(service: str) -> None:
    published, private = published_and_private(service)
    facts = facts_of(service)
    assert [fact.TOPIC for fact in facts if fact not in published and fact.TOPIC not in private] == []
    assert [fact.TOPIC for fact in facts if fact in published and fact.TOPIC in private] == []
    assert private <= {fact.TOPIC for fact in facts}, "a private topic that no fact has"


@pytest.mark.parametrize("service", SERVICES)
def test_content_that_others_are_to_open_is_all_that_its_fact_seals(service: str) -> None:
    published, _ = published_and_private(service)
    for fact in facts_of(service):
        sealed = sealed_fields(fact)
        if fact in published and "content" in sealed:
            assert sealed.keys() == {"content"}, fact
            assert set(get_args(sealed["content"])) - {type(None)} <= set(CONTENT_TYPES), fact
