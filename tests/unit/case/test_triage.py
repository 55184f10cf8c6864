"""What becomes of what is said: classes, rules of a brand, how far an account acts, and how far words travel."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.triage import TriageRule
from contracts.vocabulary import Channel, ContactKind, Priority, TriageClass, TriageOutcome, Visibility
from services.case.domain.triage import Opinion, Triage, TriagePolicy, triage
from services.case.domain.utterance import NOT_SUMMONED, Reach, Utterance


def said(text: str, **given: Any) -> Utterance:
    usual: dict[str, Any] = {
        "channel": Channel.X,
        "account": "x-1",
        "kind": ContactKind.MENTION,
        "visibility": Visibility.PUBLIC,
        "text": text,
        "brand": "shop",
        "names": ("shop", "The Shop"),
    }
    return Utterance(**(usual | given))


def in_private(text: str, **given: Any) -> Utterance:
    return said(text, channel=Channel.EMAIL, kind=ContactKind.MESSAGE, visibility=Visibility.PRIVATE, **given)


def overheard(text: str, **given: Any) -> Utterance:
    return said(text, flags=(NOT_SUMMONED,), **given)


def judged(utterance: Utterance, *rules: TriageRule, **policy: Any) -> Triage:
    return triage(utterance, TriagePolicy(rules=rules, **policy))


@pytest.mark.parametrize(
    ("text", "class_"),
    [
        ("@shop hoe laat zijn jullie vandaag open?", TriageClass.QUESTION),
        ("@shop can you tell me when it ships", TriageClass.QUESTION),
        ("@shop mijn bestelling is nog steeds niet binnen", TriageClass.COMPLAINT),
        ("My new kettle is broken after a week @shop", TriageClass.COMPLAINT),
        ("Erg boos over deze trage, stomme winkel", TriageClass.COMPLAINT),
        ("Heel blij met mijn nieuwe fiets, geen klachten!", TriageClass.COMPLIMENT),
        ("Thanks @shop, great service", TriageClass.COMPLIMENT),
        ("Mijn abonnement loopt af, tijd voor iets nieuws", TriageClass.BUYING_SIGNAL),
        ("Can anyone recommend a good washing machine?", TriageClass.BUYING_SIGNAL),
        ("Tip voor jullie: een knop om te sorteren", TriageClass.PRODUCT_TIP),
        ("It would be great if the app had a dark mode", TriageClass.PRODUCT_TIP),
        ("Wat @shop daar schrijft klopt niet", TriageClass.FACTUAL_ERROR),
        ("Bestelling geplaatst bij @shop", TriageClass.RECEIPT_NOISE),
        ("Just ordered a bike at @shop", TriageClass.RECEIPT_NOISE),
        ("Buy followers now, click here https://spam.example", TriageClass.SPAM),
        ("Vandaag langs @shop gelopen", TriageClass.OTHER),
    ],
)
def test_s048_what_people_say_is_told_apart_in_dutch_and_english(text: str, class_: TriageClass) -> None:
    assert judged(said(text)).class_ is class_


def test_s048_news_is_what_a_medium_prints_and_asks_nothing() -> None:
    article = said("The Shop opens in Breda", channel=Channel.MEDIA, kind=ContactKind.ARTICLE)
    found = judged(article)
    assert (found.class_, found.outcome) == (TriageClass.NEWS, TriageOutcome.NO_REPLY)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Ik heb mijn pakket nog niet gekregen en dat is niet fijn", "nl"),
        ("I have not had my parcel yet and that is not nice", "en"),
        ("Ich habe mein Paket noch nicht bekommen und das ist nicht gut", "de"),
        ("Je n'ai pas encore reçu mon colis et ce n'est pas bien", "fr"),
        ("ok", None),
        ("12345 67890", None),
    ],
)
def test_the_language_is_guessed_or_left_open(text: str, language: str | None) -> None:
    assert judged(said(text)).language == language
    assert judged(said(text, language="fy")).language == "fy", "what the channel tells is known"


def test_feelings_turn_around_with_a_denial_and_stand_between_their_bounds() -> None:
    good, bad, turned = (judged(said(text)).sentiment for text in ("goed", "slecht", "niet slecht"))
    assert bad < 0 < turned
    assert good == turned
    assert judged(said("De trein rijdt langs het kanaal")).sentiment == 0
    assert -1 <= judged(said("slecht " * 500)).sentiment < -0.9


def test_s050_who_only_tells_of_an_order_is_noise_until_something_is_asked() -> None:
    assert judged(said("Bestelling geplaatst bij @shop!")).outcome is TriageOutcome.NOISE
    assert judged(said("Bestelling geplaatst bij @shop, wanneer komt het?")).outcome is TriageOutcome.CASE
    assert judged(in_private("Orderbevestiging 1234")).outcome is TriageOutcome.NOISE
    assert judged(in_private("Re: Orderbevestiging 1234\nIk wil graag ruilen")).outcome is TriageOutcome.CASE


def test_s051_praise_asks_nothing_and_a_rule_lets_it_be_thanked_for() -> None:
    praise = said("Wat een top service van @shop, bedankt!")
    assert judged(praise).outcome is TriageOutcome.NO_REPLY
    thanking = TriageRule(reason="we thank for praise", found=("compliment",), answer="when-addressed")
    found = judged(praise, thanking)
    assert (found.outcome, found.reason) == (TriageOutcome.CASE, "praise (bedankt): we thank for praise")
    elsewhere = overheard("Wat een top service van de winkel, bedankt!")
    assert judged(elsewhere, thanking).outcome is TriageOutcome.NO_REPLY


def test_s052_a_brand_says_whether_it_answers_what_was_not_said_to_it() -> None:
    asked = overheard("Is the new kettle of The Shop any good?")
    assert judged(asked).outcome is TriageOutcome.NO_REPLY
    nearly_everyone = {(Channel.X, "x-1"): "proactive"}
    assert judged(asked, modes=nearly_everyone).outcome is TriageOutcome.CASE
    assert judged(overheard("Hello The Shop, is the kettle any good?")).outcome is TriageOutcome.CASE, "by its name"


def test_s053_a_complaint_that_is_said_to_us_is_a_case_and_no_praise_in_it_hides_it() -> None:
    mixed = said("Love your shop, thanks, but the kettle is broken")
    assert (judged(mixed).class_, judged(mixed).outcome) == (TriageClass.COMPLAINT, TriageOutcome.CASE)
    two_stars = said("Gaat wel", channel=Channel.TRUSTPILOT, kind=ContactKind.REVIEW, rating=2)
    assert judged(two_stars).outcome is TriageOutcome.CASE
    five_stars = said("Gaat wel", channel=Channel.TRUSTPILOT, kind=ContactKind.REVIEW, rating=5)
    assert judged(five_stars).outcome is TriageOutcome.NO_REPLY


def test_s054_s055_who_goes_out_refutes_errors_and_follows_buying_signals() -> None:
    proactive = {(Channel.X, "x-1"): "proactive"}
    error, signal = overheard("Wat ze schrijven is onjuist"), overheard("Mijn contract loopt af in mei")
    for utterance in (error, signal):
        assert judged(utterance).outcome is TriageOutcome.NO_REPLY
        assert judged(utterance, modes=proactive).outcome is TriageOutcome.CASE
    ours = TriageRule(reason="a competitor fails", words=("elders uitverkocht",), class_word="buying-signal")
    found = judged(overheard("De fiets is elders uitverkocht"), ours, modes=proactive)
    assert (found.class_, found.outcome) == (TriageClass.BUYING_SIGNAL, TriageOutcome.CASE)


def test_s058_how_far_words_travel_makes_a_case_sooner_with_a_reason() -> None:
    far = judged(said("mijn fiets is kapot", reach=Reach(followers=250_000)))
    assert (far.priority, far.priority_reason) == (Priority.URGENT, "reach: 100000 followers or more")
    shared = said("mijn fiets is kapot", reach=Reach(shares=71), age_seconds=3000)
    assert judged(shared).priority is Priority.HIGH
    old = said("mijn fiets is kapot", reach=Reach(shares=71), age_seconds=30_000)
    assert judged(old).priority is None
    assert judged(in_private("mijn fiets is kapot", reach=Reach(followers=250_000))).priority is None


def test_s044_how_loud_somebody_is_makes_nothing_sooner() -> None:
    calm, loud = said("mijn fiets is kapot"), said("MIJN FIETS IS KAPOT!!!!! SCHANDE!!!!")
    assert judged(loud).priority is judged(calm).priority is None
    assert judged(loud).outcome is judged(calm).outcome is TriageOutcome.CASE


def test_s074_a_compliment_with_a_form_of_complaint_in_it_is_read_by_what_it_says() -> None:
    assert judged(said("Best pizza ever, never a complaint!")).class_ is TriageClass.COMPLIMENT


def test_s101_an_account_listens_first_then_reacts_then_goes_out() -> None:
    complaint, question = said("@shop mijn fiets is kapot"), said("@shop zijn jullie open?")
    listens = {(Channel.X, "x-1"): "listen"}
    assert [judged(each, modes=listens).outcome for each in (complaint, question)] == [TriageOutcome.NO_REPLY] * 2
    always = {"modes": listens, "complaints_always": frozenset({"shop"})}
    assert judged(complaint, **always).outcome is TriageOutcome.CASE
    assert judged(question, **always).outcome is TriageOutcome.NO_REPLY
    unaddressed = overheard("de fiets van The Shop is kapot")
    assert judged(unaddressed).outcome is TriageOutcome.NO_REPLY
    assert judged(unaddressed, modes={(Channel.X, "x-1"): "proactive"}).outcome is TriageOutcome.CASE


def test_s035_what_only_names_us_is_heard_and_nothing_more() -> None:
    found = judged(overheard("Vandaag langs de etalage van The Shop gelopen"))
    assert (found.outcome, found.reason) == (TriageOutcome.NO_REPLY, "nothing in particular: not said to us")


def test_what_is_said_to_us_alone_is_a_case_whatever_it_says_but_for_machines_and_spam() -> None:
    for text in ("", "bedankt!", "ok", "Buy followers", "klik hier"):
        assert judged(in_private(text)).outcome is TriageOutcome.CASE
    away = in_private("Ik ben er maandag weer", flags=("automatic",))
    assert judged(away).outcome is TriageOutcome.NOISE
    asking = in_private("Via het formulier: waar is mijn pakket?", flags=("automatic",))
    assert judged(asking).outcome is TriageOutcome.CASE, "a shop's own form mails are sent by a machine, too"
    spam = in_private("Buy followers and backlinks, click here: https://spam.example https://more.example")
    assert judged(spam).outcome is TriageOutcome.SPAM


def test_s049_the_first_rule_that_fits_decides_and_gives_its_reason() -> None:
    rules = (
        TriageRule(reason="another brand's", brand="other", answer="no"),
        TriageRule(reason="only by mail", channels=("email",), words=("winactie",), answer="no"),
        TriageRule(reason="the contest is over", channels=("x", "facebook"), words=("winactie*",), answer="no"),
        TriageRule(reason="never reached", answer="yes"),
    )
    found = judged(said("@shop wanneer is de trekking van de Winactie?"), *rules)
    assert (found.outcome, found.class_) == (TriageOutcome.NO_REPLY, TriageClass.QUESTION)
    assert found.reason.endswith(": the contest is over")
    assert judged(said("iets anders"), *rules).outcome is TriageOutcome.CASE


def test_a_rules_words_are_whole_words_in_any_case_and_with_any_accents() -> None:
    rule = TriageRule(reason="r", words=("café noir", "lever*"), outcome_word="noise")
    for text in ("Een CAFE NOIR graag", "de levering", "Lever"):
        assert judged(said(text), rule).outcome is TriageOutcome.NOISE
    for text in ("cafes noires", "uitlevering", "geen levering"):
        assert judged(said(text), rule).outcome is not TriageOutcome.NOISE


def test_an_opinion_takes_the_place_of_the_words_and_the_rules_still_stand_above() -> None:
    neutral = said("Dat ging weer lekker vandaag @shop")
    opinion = Opinion(TriageClass.COMPLAINT, -0.8, "nl", "irony")
    found = triage(neutral, TriagePolicy(), opinion)
    assert (found.class_, found.sentiment, found.outcome) == (TriageClass.COMPLAINT, -0.8, TriageOutcome.CASE)
    assert found.reason == "a complaint (by the classifier, irony): said to us"
    rule = TriageRule(reason="not this week", found=("complaint",), answer="no")
    assert triage(neutral, TriagePolicy(rules=(rule,)), opinion).outcome is TriageOutcome.NO_REPLY
