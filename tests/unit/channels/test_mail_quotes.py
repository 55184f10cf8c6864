"""Quotes and signatures as the programs of several countries write them, and sentences that only look like them."""

from __future__ import annotations

import pytest

from contracts.content import TextSpan
from contracts.vocabulary import SpanKind
from services.channels.providers.mail_quotes import spans_of

OWN = "Thanks, that works.\nSee you tomorrow."


def own(text: str, *, without_signature: bool = True) -> str:
    said, end = "", 0
    for span in spans_of(text):
        if span.kind is SpanKind.QUOTE or without_signature:
            said, end = said + text[end : span.start], span.end
    return (said + text[end:]).strip()


@pytest.mark.parametrize(
    "quote",
    [
        "On Sun, 22 Nov 2026 at 10:00, Sam Smit <sam@customer.example> wrote:\n> Hello\n> there",
        "On Sun, 22 Nov 2026 at 10:00, Sam Smit\n<sam@customer.example>\nwrote:\n\n> Hello",
        "On 22 Nov 2026, at 10:00, Sam Smit <sam@customer.example> wrote:\n\nHello without marks",
        "Op zo 22 nov 2026 om 10:00 schreef Sam Smit <sam@customer.example>:\n\n> Hallo",
        "Op 22 november 2026 om 10:00 schreef Sam Smit <\nsam@customer.example>:\n\nHallo",
        "Op 22-11-2026 om 10:00 heeft Sam Smit het volgende geschreven:\n> Hallo",
        "Sam Smit schreef op 22 november 2026 10:00:\n> Hallo",
        "Am 22.11.2026 um 10:00 schrieb Sam Smit <sam@customer.example>:\n> Hallo",
        "Am So., 22. Nov. 2026 um 10:00 Uhr schrieb Sam Smit <\nsam@customer.example>:\n\n> Hallo",
        "Le dim. 22 nov. 2026 à 10:00, Sam Smit <sam@customer.example> a écrit :\n\n> Bonjour",
        "Le 22/11/2026 à 10:00, Sam Smit a écrit :\n> Bonjour",
        "El dom, 22 nov 2026 a las 10:00, Sam Smit (<sam@customer.example>) escribió:\n> Hola",
        "-----Original Message-----\nFrom: Sam Smit\nSent: Sunday\nTo: Shop\nSubject: Hello\n\nHello",
        "-----Oorspronkelijk bericht-----\nVan: Sam Smit\nVerzonden: zondag\nAan: Shop\nOnderwerp: Hallo\n\nHallo",
        (
            "________________________________\nVan: Sam Smit <sam@customer.example>\nVerzonden: zondag 22 nov 2026\n"
            "Aan: Shop\nOnderwerp: Hallo\n\nHallo"
        ),
        "Von: Sam Smit\nGesendet: Sonntag, 22. November 2026 10:00\nAn: Shop\nBetreff: Hallo\n\nHallo",
        "De : Sam Smit\nEnvoyé : dimanche 22 novembre 2026\nÀ : Shop\nObjet : Bonjour\n\nBonjour",
        "*From:* Sam Smit\n*Sent:* Sunday\n*To:* Shop\n*Subject:* Hello\n\nHello",
        "-------- Ursprüngliche Nachricht --------\nVon: Sam\nDatum: 22.11.26\n\nHallo",
        "2026-11-22 10:00 GMT+01:00 Sam Smit <sam@customer.example>:\n\n> Hello",
    ],
)
def test_what_stands_under_an_answer_is_a_quote(quote: str) -> None:
    text = f"{OWN}\n\n{quote}\n"
    assert own(text) == OWN
    assert all(span.kind is SpanKind.QUOTE for span in spans_of(text))


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote:\nplease call me. Nobody did.",
        "As you wrote: it is late.\nI agree.",
        "Op maandag schreef ik al dat het laat was.\nGroet",
        "From: the bottom of my heart\nthank you",
        "From: Amsterdam\nTo: Paris\nI want a refund for this ticket.",
        "Two choices:\n-- one\n-- two\nand a third",
        "Sent from my desk, which is much easier.",
        "I order 5 > 3 boxes",
        "Prices:\n- from: 5\n- to: 7",
    ],
)
def test_a_sentence_that_looks_like_a_quote_stays_its_writers(text: str) -> None:
    assert spans_of(text) == ()


def test_answers_between_quoted_lines_stay_visible() -> None:
    text = "On 1 May 2026, Sam wrote:\n> First?\n\nYes.\n\n> Second?\n\nNo.\n"
    assert own(text).split() == ["Yes.", "No."]


@pytest.mark.parametrize(
    "mark",
    ["---------- Forwarded message ---------", "Begin forwarded message:", "-------- Doorgestuurd bericht --------"],
)
def test_what_is_forwarded_is_what_the_writer_wants_us_to_read(mark: str) -> None:
    text = f"See below.\n\n{mark}\nFrom: Sam\nDate: Sunday\nSubject: Hi\nTo: Me\n\nIt broke.\n"
    assert "It broke." in own(text)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nSam Smit\nStreet 1",
        "--\nSam Smit",
        "Sent from my iPhone",
        "Verzonden vanaf mijn iPhone",
        "Verstuurd vanaf Outlook voor Android",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Get Outlook for iOS",
    ],
)
def test_a_signature_is_marked_as_one(signature: str) -> None:
    text = f"{OWN}\n\n{signature}\n"
    assert own(text) == OWN
    assert [span.kind for span in spans_of(text)] == [SpanKind.SIGNATURE]
    assert own(text, without_signature=False) == text.strip()


def test_a_signature_above_a_quote_is_told_from_it() -> None:
    text = "Hello\n\nSent from my iPhone\n\nOn 3 Apr 2012, at 16:19, Sam <sam@customer.example> wrote:\n\n> Hi\n"
    assert [(span.kind, text[span.start : span.end].partition(" ")[0]) for span in spans_of(text)] == [
        (SpanKind.SIGNATURE, "Sent"),
        (SpanKind.QUOTE, "On"),
    ]


def test_what_the_markup_knows_is_taken_over() -> None:
    text = "Mine\nTheirs\nMine again"
    known = (TextSpan(SpanKind.QUOTE, 5, 12),)
    assert [(span.start, span.end) for span in spans_of(text, known)] == [(5, 11)]


def test_a_pasted_file_is_left_alone() -> None:
    assert spans_of("> line\n" * 30_000) == ()
