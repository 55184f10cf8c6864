"""The page has words, in both languages, for all that can be in a case."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from importlib.resources import files
from pkgutil import iter_modules
from typing import Any

import msgspec
import pytest

import services.case.domain
from contracts import vocabulary
from contracts.stored import Fact, FirstFact
from infra.verify_page import LANGUAGES, page_of, taken_apart
from services.case.domain.case_facts import ResumeReason
from tests.support.bundles import NASTY, body_of, story

SHOWN = (
    vocabulary.ActorKind,
    vocabulary.AssignmentReason,
    vocabulary.CandidateRejection,
    vocabulary.Channel,
    vocabulary.ContactKind,
    vocabulary.DeliveryStatus,
    vocabulary.Direction,
    vocabulary.GestureKind,
    vocabulary.HandleAssurance,
    vocabulary.Priority,
    vocabulary.ResolutionOutcome,
    vocabulary.RoutingTier,
    vocabulary.Visibility,
    vocabulary.WaitingFor,
    ResumeReason,
)


def texts(language: str) -> dict[str, Any]:
    text = (files("infra.verify_page") / "texts" / f"{language}.json").read_text(encoding="utf-8")
    return dict(msgspec.json.decode(text))


def topics() -> set[str]:
    """Of all facts that a case's history can hold."""
    for module in iter_modules(services.case.domain.__path__):
        import_module(f"services.case.domain.{module.name}")
    kinds = [
        kind for kind in (*Fact.__subclasses__(), *FirstFact.__subclasses__()) if issubclass(kind, Fact | FirstFact)
    ]
    return {kind.TOPIC for kind in kinds if kind.TOPIC.startswith("case.") and not kind.TOPIC.endswith(".never")}


def test_both_languages_have_the_same_words() -> None:
    english, dutch = (texts(language) for language in LANGUAGES)
    for part in ("ui", "problems", "topics", "fields", "values"):
        assert english[part].keys() == dutch[part].keys(), part
        assert all(english[part].values()), part
        assert all(dutch[part].values()), part


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_of_a_case_has_a_title(language: str) -> None:
    assert topics() <= texts(language)["topics"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_every_reason_state_and_kind_has_words(language: str, kind: type[StrEnum]) -> None:
    assert {each.value for each in kind} <= texts(language)["values"].keys()


def test_the_same_case_gives_the_same_page_and_other_words_give_another_digest() -> None:
    page = page_of(body_of(story(), readable=True))
    assert page == page_of(body_of(story(), readable=True))
    assert taken_apart(page)[1] != taken_apart(page_of(body_of(story())))[1]
    assert NASTY.encode() not in page
