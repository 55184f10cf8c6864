"""Rails that look at where an answer sends somebody, at wit, and at what is only seen by who reads HTML or files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.vocabulary import Channel, DeliveryStatus, GuardVerdict, TriageClass, Visibility
from services.case.domain.case_contact import CaseContact
from services.case.domain.guards.draft import Matter
from services.case.domain.guards.looking import look_at
from services.case.domain.guards.policy import GuardPolicy, GuardWords
from services.case.domain.html_words import seen_in
from services.case.domain.publicity import Known
from tests.unit.case.guards.test_rules import ANNA, BLOCK, BOT, NOW, SECOND, WARN, contact, draft, ours, said


@pytest.mark.parametrize(
    "text",
    [
        "Hoi Sam! Excuses voor het ongemak. Bel ons even op werkdagen tussen 9 en 17 uur.",
        "Sorry to hear that, Sam. Please contact our customer service.",
        "Hi! Mail us at care@shop.example.",
        "@sam Kijk op onze website.",
        "See: https://shop.example/help",
    ],
)
def test_s041_a_public_answer_that_only_points_elsewhere_is_warned_of(text: str) -> None:
    assert said(text) == {"signpost": WARN}
    assert said(text, public=False) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Hoi Sam, je pakket ligt bij de buren. Lukt het niet? Bel ons dan even.",
        "Stuur ons een DM, dan zoeken we het uit, of bel ons even.",
        "We look into it and tell you today. Our help page says more: https://shop.example/help",
        "Dank je wel, Sam!",
    ],
)
def test_s041_an_answer_that_helps_may_also_say_where_else_to_go(text: str) -> None:
    assert said(text) == {}


def rounds(answers: int, **given: Any) -> tuple[CaseContact, ...]:
    """So many times something came in and was answered, and once more came in."""
    start = NOW - timedelta(days=1)
    found: list[CaseContact] = []
    for number in range(answers):
        at = start + timedelta(hours=number)
        found += [
            contact(2 * number + 1, occurred_at=at, **given),
            ours(2 * number + 2, f"Answer {number}", occurred_at=at + timedelta(minutes=9)),
        ]
    return (*found, contact(99, **given))


def test_s040_what_does_not_end_in_short_messages_gets_a_better_channel() -> None:
    again = "It is on its way to you."
    assert said(again, *rounds(3), named=True) == {"better-channel": WARN}
    assert said(again, *rounds(2), named=True) == {}
    assert said(again, *rounds(2, class_=TriageClass.COMPLAINT), named=True) == {"better-channel": WARN}
    assert said("Zullen we bellen?", *rounds(3), named=True) == {}
    assert said("Stuur ons even een DM, dan zoeken we het uit.", *rounds(3), named=True) == {}


def test_s040_where_there_is_room_or_nothing_left_it_is_no_matter() -> None:
    again = "It is on its way to you."
    assert said(again, *rounds(3), named=True, channel=Channel.FACEBOOK) == {}
    failed = [
        ours(50 + number, f"{number}", delivery_status=DeliveryStatus.FAILED, occurred_at=NOW - timedelta(hours=9))
        for number in range(4)
    ]
    assert said(again, contact(), *failed, contact(99), named=True) == {}
    mine = ours(98, "Answer 9", occurred_at=NOW - timedelta(hours=2))
    assert "better-channel" not in said(again, *rounds(3)[:-1], mine, named=True)


@pytest.mark.parametrize("text", ["Haha, die is goed!", "Just kidding, Sam.", "We doen ons best \U0001f602"])
def test_s072_s073_wit_is_welcome_on_social_but_no_answer_to_a_complaint_and_not_in_a_mail(text: str) -> None:
    assert said(text) == {}
    assert said(text, contact(class_=TriageClass.COMPLAINT)) == {"tone-joking": WARN}
    assert said(text, public=False, channel=Channel.EMAIL) == {"tone-joking": WARN}
    own = GuardPolicy(words=GuardWords(joking=("mop",)))
    assert ("tone-joking" in said(text, contact(class_=TriageClass.COMPLAINT), policy=own)) is ("\U0001f602" in text)


def test_s068_s076_who_says_sorry_when_something_went_wrong_is_not_stopped() -> None:
    wrong = contact(class_=TriageClass.COMPLAINT)
    for text in ("Excuses, Sam: dat hebben wij fout gedaan.", "Our mistake, Sam, and we are sorry."):
        assert said(text, wrong) == {}
        assert said(text, wrong, public=False) == {}


def test_s076_no_argument_is_had_in_public_and_two_do_not_answer_at_once() -> None:
    assert said("Dat is onzin, en dat weet je.") == {"tone-arguing": WARN}
    assert said("It is on its way.", writing=1) == {"double-reply": WARN}
    assert said("It is on its way.", author=BOT) == {"automatic-public": SECOND}


def seen(text: str, html: str | None, *names: str, known: Known | None = None, public: bool = True) -> Any:
    matter = Matter(at=NOW, known=known or Known(), contacts=(contact(),))
    found = look_at(draft(text, html=html, file_names=names, public=public), matter, GuardPolicy(), brand=None)
    return {each.rule: (each.verdict, each.reason) for each in found}


@pytest.mark.parametrize(
    "html",
    [
        '<p>We <a href="https://shop.example/?to=sam%40home.example">look</a>.</p>',
        '<p>We <a href="tel:+31612345678">look</a>.</p>',
        '<p title="sam@home.example">We look.</p>',
        '<p>We look.<img alt="sam@home.example"></p>',
        "<p>We look, sam@<b>home</b>.example.</p>",
    ],
)
def test_s067_what_a_reader_of_the_html_sees_is_looked_at(html: str) -> None:
    found = seen("We look.", html)
    assert found["public-personal-data"][0] is BLOCK
    assert "public-personal-data" not in seen("We look.", html, public=False)


def test_s069_a_link_in_the_middle_parts_no_words() -> None:
    html = '<p>You <a href="https://shop.example">should</a> have <i>read</i> it.</p>'
    assert seen_in(html).splitlines() == ["You should have read it.", "https://shop.example"]
    assert seen("x", html, public=False)["tone-blame"][0] is WARN
    assert seen("Fine.", '<p title="your own fault">Fine.</p>', public=False)["tone-blame"][0] is WARN


def test_s067_the_name_of_a_file_tells_nobody_who_the_customer_is() -> None:
    known = Known(names=("Sam Visser",), addresses=("+31612345678",), told=("my order is 88-4521-7",))
    for name, kind in (
        ("invoice_Visser.pdf", "the customer's name"),
        ("call-06-12345678.txt", "a phone number"),
        ("order_8845217.pdf", "what was told in private"),
    ):
        verdict, reason = seen("Here it is.", None, name, known=known)["public-personal-data"]
        assert (verdict, f"{kind} in the name of a file" in reason) == (GuardVerdict.BLOCK, True), name
        assert name not in reason
        assert seen("Here it is.", None, name, known=known, public=False) == {}
    assert seen("Here it is.", None, "size_table.pdf", known=known) == {}


def test_s079_an_approved_line_that_leads_elsewhere_or_brings_a_file_is_read_by_somebody() -> None:
    line, skilled = "We stopped the sale.", GuardPolicy(skilled=True)
    matter = Matter(at=NOW, contacts=(contact(),), lines=(line,))

    def verdicts(**given: Any) -> list[GuardVerdict]:
        made = draft(line, author=ANNA, **given)
        assert made.visibility is Visibility.PUBLIC
        return [each.verdict for each in look_at(made, matter, skilled, brand=None)]

    assert verdicts() == []
    assert verdicts(html=f"<p>{line}</p>") == []
    assert verdicts(html=f'<p><a href="https://other.example">{line}</a></p>') == [SECOND]
    assert verdicts(file_names=("plan.pdf",)) == [SECOND]
