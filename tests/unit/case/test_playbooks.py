"""Which playbooks fit a case: all that one names holds, in the order of the file, and never too many."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.configuration import parse_configuration
from contracts.vocabulary import Channel, DetailKind, Priority, TriageClass, Visibility
from services.case.domain.playbooks import PLAYBOOKS_OF_CASE_MAX, Playbook, Playbooks, Situation
from tests.support.playbooks import playbooks, situations

LATE = Situation(
    brand="shop",
    priority=Priority.HIGH,
    tags=("vip", "repeat-contact"),
    channel=Channel.X,
    visibility=Visibility.PUBLIC,
    found=(TriageClass.COMPLAINT, TriageClass.QUESTION),
    in_incident=True,
    causes=("carrier-late",),
)
BOOK = '[[playbooks]]\nsituation = "Late"\n'
ANSWERED = BOOK + 'answer = "Say when."\n'


def read(text: str) -> Playbooks:
    return Playbooks.of(parse_configuration(text, {}, lambda path: path))


@pytest.mark.parametrize(
    ("condition", "otherwise"),
    [
        ({"brand": "shop"}, {"brand": "outlet"}),
        ({"channels": (Channel.EMAIL, Channel.X)}, {"channels": (Channel.EMAIL,)}),
        ({"visibility": Visibility.PUBLIC}, {"visibility": Visibility.PRIVATE}),
        ({"found": (TriageClass.COMPLAINT,)}, {"found": (TriageClass.COMPLIMENT,)}),
        ({"tags": ("vip", "other")}, {"tags": ("other",)}),
        ({"priorities": (Priority.HIGH, Priority.URGENT)}, {"priorities": (Priority.LOW,)}),
        ({"incident": True}, {"incident": False}),
        ({"causes": ("carrier-late",)}, {"causes": ("damaged",)}),
    ],
)
def test_s080_each_condition_alone_decides(condition: dict[str, Any], otherwise: dict[str, Any]) -> None:
    assert Playbook("Late", answer="Say when.", **condition).fits(LATE)
    assert not Playbook("Late", answer="Say when.", **otherwise).fits(LATE)
    assert not Playbook("Late", answer="Say when.", **{**condition, **otherwise}).fits(LATE)


def test_s080_a_case_in_which_the_customer_said_nothing_yet_has_no_channel_and_is_nothing() -> None:
    nothing = Situation()
    assert Playbook("Any", answer="Hello").fits(nothing)
    assert Playbook("Any", answer="Hello", incident=False).fits(nothing)
    for condition in ({"channels": (Channel.X,)}, {"visibility": Visibility.PUBLIC}, {"found": (TriageClass.OTHER,)}):
        assert not Playbook("Any", answer="Hello", **condition).fits(nothing)


@given(st.lists(playbooks(), max_size=12), situations())
def test_s080_those_that_fit_come_in_the_order_of_the_file_and_no_more_than_anybody_reads(
    listed: list[Playbook], case: Situation
) -> None:
    found = Playbooks.listing(listed).fitting(case)
    fit = [each for each in listed if each.fits(case)]
    assert list(found) == fit[:PLAYBOOKS_OF_CASE_MAX]


@given(playbooks(), situations())
def test_s080_what_names_less_fits_wherever_what_names_more_does(book: Playbook, case: Situation) -> None:
    looser = msgspec.structs.replace(book, tags=(), incident=None, channels=())
    assert looser.fits(case) or not book.fits(case)
    assert Playbook("Always", tone="Kind").fits(case)


@given(st.lists(playbooks(), max_size=4))
def test_what_a_statement_looks_at_says_the_same(listed: list[Playbook]) -> None:
    assert msgspec.json.decode(Playbooks.listing(listed).written, type=list[Playbook]) == listed


def test_s080_the_configuration_says_situation_conditions_and_what_follows() -> None:
    text = (
        '[[brands]]\nref = "shop"\nname = "S"\n[guards]\norder_numbers = ["NL-######"]\n'
        '[[causes]]\ncode = "late"\narea = "service"\n'
        '[[templates]]\nname = "sorry"\nlanguage = "nl"\nbody = "Sorry"\n'
        + ANSWERED
        + 'tone = "Kind"\naction = "Call"\ntemplate = "sorry"\nneeds = ["order", "bank-account", "order"]\n'
        'brand = "shop"\nchannels = ["x", "google-reviews"]\nvisibility = "public"\n'
        'found = ["complaint", "buying-signal"]\ntags = ["vip"]\n'
        'priorities = ["high"]\nincident = true\ncauses = ["late"]\n'
    )
    assert read(text).listed == (
        Playbook(
            situation="Late",
            answer="Say when.",
            tone="Kind",
            action="Call",
            template="sorry",
            needs=(DetailKind.ORDER, DetailKind.BANK_ACCOUNT),
            brand="shop",
            channels=(Channel.X, Channel.GOOGLE_REVIEWS),
            visibility=Visibility.PUBLIC,
            found=(TriageClass.COMPLAINT, TriageClass.BUYING_SIGNAL),
            tags=("vip",),
            priorities=(Priority.HIGH,),
            incident=True,
            causes=("late",),
        ),
    )
    assert read("").listed == ()
