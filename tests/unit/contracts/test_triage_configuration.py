"""What the configuration says of triage: rules are understood, and every complaint names its key."""

from __future__ import annotations

import pytest

from contracts.configuration import Configuration, ConfigurationError, configuration_digest, parse_configuration
from contracts.vocabulary import TriageClass, TriageOutcome

BRAND = '[[brands]]\nref = "shop"\nname = "The Shop"\ncomplaints_always = true\n'
RULE = '[[triage]]\nreason = "r"\n'
CLASSIFIER = '[classifier]\nurl = "https://words.shop.example"\nsecret = "{}"\n'


def parse(text: str, **env: str) -> Configuration:
    return parse_configuration(text, env, lambda _path: "")


def test_s049_rules_are_read_in_their_order_with_their_words() -> None:
    text = (
        BRAND
        + RULE
        + 'brand = "shop"\nchannels = ["x", "feed"]\nwords = ["deliver*"]\nclass = "buying-signal"\nanswer = "yes"\n'
        + RULE
        + 'found = ["receipt-noise"]\noutcome = "no-reply"\n'
        + '[[channel_accounts]]\nchannel = "feed"\naccount = "f"\nfeed_url = "https://f.example/"\nmode = "listen"\n'
        + "[retention]\nmentions_days = 30\n[reach]\nfollowers_high = 5\n"
    )
    configuration = parse(text)
    first, second = configuration.triage
    assert (first.class_, first.answer, first.outcome) == (TriageClass.BUYING_SIGNAL, "yes", None)
    assert (second.class_, second.outcome) == (None, TriageOutcome.NO_REPLY)
    assert configuration.channel_accounts[0].heeds == "listen"
    assert configuration.brands[0].complaints_always
    assert (configuration.retention.mentions_days, configuration.reach.followers_high) == (30, 5)
    assert (parse("").retention.mentions_days, parse("").reach.shares_per_hour_high) == (90, 70)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (RULE, "triage[0].outcome"),
        (RULE + 'answer = "maybe"', "triage[0].answer"),
        (RULE + 'answer = "yes"\noutcome = "case"', "triage[0].answer"),
        (RULE + 'answer = "yes"\nbrand = "nobody"', "triage[0].brand"),
        (RULE + 'answer = "yes"\nchannels = ["pigeon"]', "triage[0].channels[0]"),
        (RULE + 'answer = "yes"\nwords = ["ok", "a*b"]', "triage[0].words[1]"),
        (RULE + 'answer = "yes"\nwords = ["…"]', "triage[0].words[0]"),
        (RULE + 'class = "shouting"', "triage[0].class"),
        (RULE + 'answer = "yes"\npattern = "(a+)+"', "triage[0].pattern"),
        ('[[triage]]\nanswer = "yes"', "triage[0].reason"),
        ((RULE + 'answer = "yes"\n') * 501, "triage"),
        ('[[channel_accounts]]\nchannel = "form"\naccount = "a"\nmode = "sleep"', "channel_accounts[0].mode"),
        ("[retention]\nmentions_days = 0", "retention.mentions_days"),
        ("[reach]\nfollowers_urgent = 3", "reach.followers_urgent"),
        (CLASSIFIER.format("s").replace("https", "http"), "classifier.url"),
        (CLASSIFIER.format("s").replace("https://words.shop.example", "mailto:x"), "classifier.url"),
        (CLASSIFIER.format(""), "classifier.secret"),
        (CLASSIFIER.format("whsec_?"), "classifier.secret"),
        (CLASSIFIER.format("env:NOWHERE"), "classifier.secret"),
        (CLASSIFIER.format("env:BAD"), "classifier.secret"),
        (CLASSIFIER.format("s") + "timeout_ms = 60000", "classifier.timeout_ms"),
    ],
)
def test_a_complaint_names_the_key_as_it_stands_in_the_file(text: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        parse(text, BAD="whsec_?")
    assert error.value.key == key


def test_the_classifiers_secret_comes_from_elsewhere_and_never_shows() -> None:
    configuration = parse(CLASSIFIER.format("env:WORDS"), WORDS="s3cret")
    assert configuration.classifier is not None
    assert configuration.classifier.secret == "s3cret"
    assert "s3cret" not in repr(configuration)
    other = parse(CLASSIFIER.format("env:WORDS"), WORDS="another")
    assert configuration_digest(configuration) == configuration_digest(other)
    assert configuration_digest(configuration) != configuration_digest(parse(""))
