"""Each guard rail by itself: what it stops, and what looks alike and passes. In Dutch and English."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest

from contracts.guards import RuleWord
from contracts.vocabulary import (
    Channel,
    ContactKind,
    ContentState,
    DeliveryStatus,
    Direction,
    GuardVerdict,
    HandleAssurance,
    TriageClass,
    Visibility,
)
from services.case.domain.case_contact import CaseContact
from services.case.domain.guards.draft import Author, Draft, Finding, Matter
from services.case.domain.guards.looking import RULES, look_at
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.publicity import Known

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ORIGINAL = UUID(int=1)
ANNA = Author("anna", skills=())
BOT = Author("billie", is_machine=True, skills=())


def contact(number: int = 1, **given: Any) -> CaseContact:
    told: dict[str, Any] = {
        "contact_id": UUID(int=number),
        "channel": Channel.X,
        "kind": ContactKind.COMMENT,
        "direction": Direction.INBOUND,
        "visibility": Visibility.PUBLIC,
        "assurance": HandleAssurance.PLATFORM,
        "occurred_at": NOW - timedelta(hours=1),
        "recorded_at": NOW - timedelta(hours=1),
        "delivery_status": DeliveryStatus.RECEIVED,
        "account": "acct",
        "handle_id": None,
        "to": None,
        "text": "Where is it?",
        "text_state": ContentState.PRESENT,
    }
    return CaseContact(**(told | given))


def ours(number: int, text: str, **given: Any) -> CaseContact:
    told = {"direction": Direction.OUTBOUND, "delivery_status": DeliveryStatus.SENT, "agent_ref": "anna"}
    return contact(number, text=text, **(told | given))


def draft(text: str, *, public: bool = True, author: Author = ANNA, **given: Any) -> Draft:
    visibility = Visibility.PUBLIC if public else Visibility.PRIVATE
    how: dict[str, Any] = {"channel": Channel.X, "account": "acct", "in_reply_to": ORIGINAL, **given}
    return Draft(text, author=author, visibility=visibility, **how)


def said(
    text: str,
    *contacts: CaseContact,
    policy: GuardPolicy | None = None,
    writing: int = 0,
    lines: tuple[str, ...] = (),
    brand: str | None = None,
    **given: Any,
) -> dict[str, GuardVerdict]:
    """Verdicts by rule."""
    matter = Matter(at=NOW, known=Known(), contacts=contacts or (contact(),), writing=writing, lines=lines)
    found: tuple[Finding, ...] = look_at(draft(text, **given), matter, policy or GuardPolicy(), brand=brand)
    return {each.rule: each.verdict for each in found}


WARN, SECOND, BLOCK = GuardVerdict.WARN, GuardVerdict.SECOND_PERSON, GuardVerdict.BLOCK


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Dat is je eigen schuld.", "tone-blame"),
        ("Zoals ik al zei: morgen.", "tone-blame"),
        ("You should have read the manual.", "tone-blame"),
        ("That is your own fault", "tone-blame"),
        ("LEES DE VOORWAARDEN EENS", "tone-shouting"),
        ("PLEASE READ OUR TERMS first", "tone-shouting"),
        ("Nee!!!!", "tone-shouting"),
        ("Fijn! Profiteer nu van onze actie.", "tone-advertising"),
        ("Check out our new phones", "tone-advertising"),
        ("Wat wil je nou? De juf uithangen of geholpen worden?", "tone-arguing"),
        ("Calm down, we are on it", "tone-arguing"),
        ("Wat vervelend!", "tone-coaching"),
        ("Jammer om te lezen.", "tone-coaching"),
        ("Dat is slecht gegaan.", "tone-coaching"),
        ("Wat is je ordernummer?", "data-asked-in-public"),
        ("Stuur even je postcode en huisnummer", "data-asked-in-public"),
        ("Can you share your order number and phone number?", "data-asked-in-public"),
        ("Als klant bij ons kunt u dat inzien.", "customer-confirmed"),
        ("As our customer you get it for free", "customer-confirmed"),
    ],
)
def test_s069_s075_s076_s077_what_is_said_in_public_is_warned_of(text: str, rule: str) -> None:
    assert said(text) == {rule: WARN}


@pytest.mark.parametrize(
    "text",
    [
        "Hoi Sam, excuses! We zoeken het uit en laten het vandaag weten.",
        "Sorry, we made a mistake and we put it right today.",
        "Het is niet jouw schuld, dat hebben wij fout gedaan.",
        "It is not your fault: our site was down.",
        "De NS en de KLM rijden en vliegen vandaag gewoon; zie NS.nl.",
        "Je krijgt een BTW-factuur, en dat is GRATIS.",
        "OK! Dat gaan we doen!!",
        "Je krijgt 10% korting als excuus voor het wachten.",
        "Dat klopt niet helemaal: de winkel is op zondag wel open.",
        "Kun je ons een DM sturen met je ordernummer?",
        "Could you send us a private message with your order number?",
        "Stuur je gegevens via het contactformulier, dan kijken we mee.",
        "Je ordernummer staat in de bevestiging.",
        "Wat fijn om te lezen, dank je wel!",
        "The 14 IBAN and BIC codes are explained in our guide.",
        "Hoe gaat het ermee?",
    ],
)
def test_s068_s070_what_is_well_said_passes(text: str) -> None:
    assert said(text) == {}


@pytest.mark.parametrize(
    "text",
    ["Wat vervelend, we kijken mee.", "Wat is uw ordernummer?", "Als klant bij ons weet u dat.", "Calm down please"],
)
def test_what_would_be_warned_of_in_public_may_be_said_in_private(text: str) -> None:
    assert said(text, public=False) == {}


def test_s017_s077_a_brand_that_coaches_its_agents_does_so_in_private_too() -> None:
    policy = GuardPolicy(of_brands={"shop": {"tone-coaching": "warn", "tone-blame": "block"}})
    assert said("Helaas.", public=False, policy=policy, brand="shop") == {"tone-coaching": WARN}
    assert said("Helaas.", public=False, policy=policy, brand="other") == {}
    assert said("Your own fault.", policy=policy, brand="shop") == {"tone-blame": BLOCK}
    allowing = GuardPolicy(every={"tone-blame": "allow"})
    assert said("Your own fault.", policy=allowing) == {}


def test_s074_a_machine_says_nothing_in_public_by_itself() -> None:
    assert said("We zoeken het uit.", author=BOT) == {"automatic-public": SECOND}
    assert said("We zoeken het uit.", author=BOT, public=False) == {}
    strict = GuardPolicy(every={"automatic-public": "block"})
    assert said("We zoeken het uit.", author=BOT, policy=strict) == {"automatic-public": BLOCK}


@pytest.mark.parametrize("text", ["Sorry for that, thank you!", "Bedankt, en onze excuses", "Dank je, het spijt ons"])
def test_s074_nobody_says_sorry_to_praise_and_a_machine_never_does(text: str) -> None:
    praise = contact(class_=TriageClass.COMPLIMENT, text="Great service!")
    assert said(text, praise) == {"automatic-apology": WARN}
    assert said(text, praise, author=BOT, public=False) == {"automatic-apology": BLOCK}
    assert said(text, contact(class_=TriageClass.COMPLAINT)) == {}


def test_s051_praise_gets_a_short_thank_you() -> None:
    praise = contact(class_=TriageClass.COMPLIMENT, text="Great service!")
    assert said("Thanks, Sam!", praise) == {}
    assert said("Wat leuk om te horen!", praise) == {}
    assert said("\u2764\ufe0f", praise) == {}
    assert said("Noted.", praise) == {"praise-thanked": WARN}
    assert said(f"Thanks! {'And so on. ' * 40}", praise) == {"praise-thanked": WARN}


def test_s081_the_skill_to_speak_in_public() -> None:
    skilled = GuardPolicy(skilled=True, press_team="press")
    assert said("We zoeken het uit.", policy=skilled) == {"public-skill": SECOND}
    assert said("We zoeken het uit.", policy=skilled, public=False) == {}
    assert said("We zoeken het uit.", policy=skilled, author=Author("bram", skills=("public",))) == {}
    assert said("We zoeken het uit.", policy=skilled, author=Author("petra", skills=(), team="press")) == {}
    assert said("We zoeken het uit.", policy=skilled, author=Author("lea")) == {}
    assert said("We zoeken het uit.", policy=GuardPolicy(skilled=False)) == {}
    named = GuardPolicy(every={"public-skill": "second-person"})
    assert said("We zoeken het uit.", policy=named) == {"public-skill": SECOND}


def test_s079_an_approved_line_needs_no_second_person_but_is_looked_at() -> None:
    skilled, line = GuardPolicy(skilled=True), "We stopped the sale. More tomorrow!"
    assert said("@sam we stopped the sale, more tomorrow", policy=skilled, lines=(line,)) == {}
    assert said("We stopped the sale. More tomorrow, maybe.", policy=skilled, lines=(line,)) == {"public-skill": SECOND}
    bad = "Call 06-12345678 for more."
    assert said(bad, policy=skilled, lines=(bad,)) == {"public-personal-data": BLOCK}


def test_s056_two_people_do_not_answer_the_same() -> None:
    just = ours(2, "Tomorrow.", agent_ref="bram", occurred_at=NOW - timedelta(seconds=60))
    assert said("It is on its way.", contact(), just) == {"double-reply": WARN}
    assert said("It is on its way.", contact(), ours(2, "Tomorrow.", occurred_at=just.occurred_at)) == {}
    in_the_app = ours(2, "Tomorrow.", agent_ref=None, occurred_at=just.occurred_at)
    assert said("It is on its way.", contact(), in_the_app) == {"double-reply": WARN}
    earlier = ours(2, "Tomorrow.", agent_ref="bram", occurred_at=NOW - timedelta(seconds=121))
    assert said("It is on its way.", contact(), earlier) == {}
    failed = ours(2, "Tomorrow.", agent_ref="bram", occurred_at=just.occurred_at, delivery_status=DeliveryStatus.FAILED)
    assert said("It is on its way.", contact(), failed) == {}
    assert said("It is on its way.", writing=1) == {"double-reply": WARN}


def test_the_same_is_not_said_twice_in_a_row() -> None:
    assert said("Tomorrow!", contact(), ours(2, "tomorrow")) == {"same-text": WARN}
    assert said("Tomorrow!", contact(), ours(2, "tomorrow"), ours(3, "Today, after all.")) == {}
    assert said("Tomorrow!", contact(), ours(2, "tomorrow", visibility=Visibility.PRIVATE)) == {}
    assert said("Tomorrow!", contact(), ours(2, "Tomorrow ^AV"), as_read="Tomorrow! ^AV") == {"same-text": WARN}


def test_what_its_sender_took_back_is_not_answered_in_public() -> None:
    gone = contact(text=None, text_state=ContentState.REMOVED_BY_SENDER)
    assert said("We look into it.", gone) == {"deleted-original": BLOCK}
    assert said("We look into it.", gone, public=False) == {"deleted-original": WARN}


def test_where_several_wait_it_is_said_which_one_this_answers() -> None:
    assert said("We look into it.", contact(), contact(2)) == {"original-unnamed": WARN}
    assert said("We look into it.", contact(), contact(2), named=True) == {}
    assert said("We look into it.", contact(), ours(2, "Tomorrow."), contact(3)) == {}
    assert said("We look into it.", contact(), contact(2, visibility=Visibility.PRIVATE)) == {}


def test_s067_who_shows_their_own_data_is_answered_in_private() -> None:
    shown = contact(text="Bel me op 06-12345678, ik wacht al een week")
    assert said("We bellen je vandaag.", shown) == {"customer-shows-data": WARN}
    assert said("We bellen je vandaag.", shown, public=False) == {}
    assert said("We kijken mee.", contact(text="Jullie 0800-1234 is dicht")) == {}


def test_every_rule_there_is_can_be_named_in_a_configuration() -> None:
    assert set(RULES) == set(get_args(RuleWord))
