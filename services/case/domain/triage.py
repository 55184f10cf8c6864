"""What becomes of what is said in public or by machines: a case, or a mention. Pure: the same for the same, always.

First what is said is read, by its words or by a classifier's opinion of them; then the installation's rules are asked
in order, the first that fits decides; else the class, whom it is said to, and how far the account is to act.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from contracts.configuration import Configuration
from contracts.guards import PressDesk
from contracts.triage import ReachLimits, TriageRule, class_of
from contracts.vocabulary import AccountMode, Channel, Priority, TriageClass, TriageOutcome
from services.case.domain.folded_text import FoldedText
from services.case.domain.utterance import INVITED, Reading, Utterance, read

VELOCITY_SECONDS = 3600
_NAMES: Final = {
    TriageClass.QUESTION: "asks something",
    TriageClass.COMPLAINT: "a complaint",
    TriageClass.COMPLIMENT: "praise",
    TriageClass.BUYING_SIGNAL: "a buying signal",
    TriageClass.PRODUCT_TIP: "a product tip",
    TriageClass.FACTUAL_ERROR: "something that is not so",
    TriageClass.NEWS: "news",
    TriageClass.RECEIPT_NOISE: "only tells of an order or of absence",
    TriageClass.SPAM: "spam",
    TriageClass.OTHER: "nothing in particular",
}
_WORTH_SEEKING: Final = frozenset(
    {TriageClass.COMPLAINT, TriageClass.BUYING_SIGNAL, TriageClass.QUESTION, TriageClass.FACTUAL_ERROR}
)
"""What `proactive` goes after although it was not said to us."""
_UNANSWERABLE: Final = {
    TriageClass.SPAM: TriageOutcome.SPAM,
    TriageClass.RECEIPT_NOISE: TriageOutcome.NOISE,
}
_HARMFUL: Final = frozenset({TriageClass.COMPLAINT, TriageClass.FACTUAL_ERROR})
"""What is not left to itself once it travels, whomever it was said to."""
_ASKS_NOTHING: Final = frozenset({TriageClass.COMPLIMENT, TriageClass.NEWS})
_INPUT: Final = frozenset({TriageClass.PRODUCT_TIP, TriageClass.OTHER})
"""What we asked everybody for, where we did: an idea, or whatever they think of it."""


class Opinion(msgspec.Struct, frozen=True):
    """What a classifier says of a text; what is None it leaves to the words. `reason`: a code of its own."""

    class_: TriageClass
    sentiment: float | None = None
    language: str | None = None
    reason: str | None = None


class Triage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was decided and why. `sentiment`: -1 to +1. `language`: told by the channel, else guessed.

    `priority`, with its own reason: at least so soon; None: as any other.
    """

    outcome: TriageOutcome
    class_: TriageClass = msgspec.field(name="class")
    sentiment: float
    reason: str
    language: str | None = None
    priority: Priority | None = None
    priority_reason: str | None = None


class TriagePolicy(msgspec.Struct, frozen=True):
    """What the configuration says. `modes`: of accounts that do not simply react. `names`: of each brand.

    `press`: who is called when something travels far.
    """

    rules: tuple[TriageRule, ...] = ()
    reach: ReachLimits = ReachLimits()
    modes: dict[tuple[Channel, str], str] = {}
    complaints_always: frozenset[str] = frozenset()
    names: dict[str, tuple[str, ...]] = {}
    mentions_days: int = 90
    press: PressDesk | None = None

    @classmethod
    def of(cls, configuration: Configuration) -> TriagePolicy:
        """The policy of a configuration."""
        return cls(
            rules=configuration.triage,
            reach=configuration.reach,
            modes={(each.channel, each.account): each.heeds for each in configuration.channel_accounts},
            complaints_always=frozenset(each.ref for each in configuration.brands if each.complaints_always),
            names={each.ref: (each.ref, each.name) for each in configuration.brands},
            mentions_days=configuration.retention.mentions_days,
            press=configuration.press_desk,
        )

    def heeding(self, modes: Mapping[tuple[Channel, str], AccountMode | None]) -> TriagePolicy:
        """The same by these modes; an account of which nobody said anything reacts."""
        words = {name: (mode or AccountMode.REACT).value.lower() for name, mode in modes.items()}
        return msgspec.structs.replace(self, modes={**self.modes, **words})


def triage(said: Utterance, policy: TriagePolicy, opinion: Opinion | None = None) -> Triage:
    """Decide."""
    words = FoldedText(said.text)
    reading = _with_opinion(read(said, words), opinion)
    addressed = said.addressed(words)
    rule = next((each for each in policy.rules if _fits(each, said, words, reading)), None)
    class_ = reading.class_ if rule is None or rule.class_ is None else rule.class_
    rule_decided = _by_rule(rule, addressed=addressed)
    outcome, why = rule_decided or _by_class(class_, said, policy, addressed=addressed)
    if rule_decided is None and outcome is TriageOutcome.NO_REPLY:
        outcome, why = _by_reach(class_, said, policy) or (outcome, why)
    found = f"{_NAMES[class_]} ({reading.sign})" if reading.sign and class_ is reading.class_ else _NAMES[class_]
    priority, priority_reason = urgency(said, policy.reach) if outcome is TriageOutcome.CASE else (None, None)
    return Triage(
        outcome=outcome,
        class_=class_,
        sentiment=reading.sentiment,
        reason=f"{found}: {rule.reason if rule else why}",
        language=reading.language,
        priority=priority,
        priority_reason=priority_reason,
    )


def _with_opinion(reading: Reading, opinion: Opinion | None) -> Reading:
    if opinion is None:
        return reading
    return Reading(
        class_=opinion.class_,
        sentiment=reading.sentiment if opinion.sentiment is None else opinion.sentiment,
        language=reading.language or opinion.language,
        sign="by the classifier" if opinion.reason is None else f"by the classifier, {opinion.reason}",
    )


def _fits(rule: TriageRule, said: Utterance, words: FoldedText, reading: Reading) -> bool:
    return (
        (rule.brand is None or rule.brand == said.brand)
        and (not rule.channels or said.channel.path in rule.channels)
        and (not rule.found or any(class_of(each) is reading.class_ for each in rule.found))
        and (not rule.words or words.first(rule.words) is not None)
    )


def _by_rule(rule: TriageRule | None, *, addressed: bool) -> tuple[TriageOutcome, str] | None:
    if rule is None:
        return None
    if rule.outcome is not None:
        return rule.outcome, rule.reason
    match rule.answer:
        case "yes":
            return TriageOutcome.CASE, rule.reason
        case "no":
            return TriageOutcome.NO_REPLY, rule.reason
        case "when-addressed":
            return (TriageOutcome.CASE if addressed else TriageOutcome.NO_REPLY), rule.reason
        case _:
            return None


def _by_class(
    class_: TriageClass, said: Utterance, policy: TriagePolicy, *, addressed: bool
) -> tuple[TriageOutcome, str]:
    unanswerable = _UNANSWERABLE.get(class_)
    if unanswerable is not None:
        return unanswerable, "there is nothing to answer"
    if not said.public:
        return TriageOutcome.CASE, "said to us alone"
    mode = policy.modes.get((said.channel, said.account), "react")
    if mode == "listen":
        return _when_listening(class_, said, policy)
    if class_ in _ASKS_NOTHING or (class_ in _INPUT and INVITED in said.flags):
        why = "it asks nothing of us" if class_ in _ASKS_NOTHING else "it answers what we asked everybody"
        return TriageOutcome.NO_REPLY, why
    if addressed or (mode == "proactive" and class_ in _WORTH_SEEKING):
        return TriageOutcome.CASE, "said to us" if addressed else "not said to us, but we go after it"
    return TriageOutcome.NO_REPLY, "not said to us"


def _when_listening(class_: TriageClass, said: Utterance, policy: TriagePolicy) -> tuple[TriageOutcome, str]:
    if class_ is TriageClass.COMPLAINT and said.brand in policy.complaints_always:
        return TriageOutcome.CASE, "the account listens, but no complaint goes by"
    return TriageOutcome.NO_REPLY, "the account only listens"


def _by_reach(class_: TriageClass, said: Utterance, policy: TriagePolicy) -> tuple[TriageOutcome, str] | None:
    """What travels far is somebody's, although it asks nothing: the press desk's, and ours where it harms."""
    why = why_call(said, policy.press)
    listens = policy.modes.get((said.channel, said.account)) == "listen"
    if why is None and class_ in _HARMFUL and not listens:
        why = urgency(said, policy.reach)[1]
    return None if why is None else (TriageOutcome.CASE, f"it travels, {why}")


def urgency(said: Utterance, limits: ReachLimits) -> tuple[Priority | None, str | None]:
    """By how far it travels, never by how loud it is."""
    followers, shares = said.reach.followers or 0, said.reach.shares or 0
    if not said.public:
        return None, None
    if followers >= limits.followers_urgent:
        return Priority.URGENT, f"reach: {limits.followers_urgent} followers or more"
    if followers >= limits.followers_high:
        return Priority.HIGH, f"reach: {limits.followers_high} followers or more"
    if (said.reach.views or 0) >= limits.views_high:
        return Priority.HIGH, f"reach: seen {limits.views_high} times or more"
    if shares / max(1.0, said.age_seconds / VELOCITY_SECONDS) >= limits.shares_per_hour_high:
        return Priority.HIGH, f"velocity: shared {limits.shares_per_hour_high} times or more within an hour"
    return None, None


def why_call(said: Utterance, desk: PressDesk | None) -> str | None:
    """By which measure it travels far enough for the press desk; None: it does not, or there is no such desk."""
    if desk is None or not said.public:
        return None
    reach, hours = said.reach, max(1.0, said.age_seconds / VELOCITY_SECONDS)
    if (reach.followers or 0) >= desk.followers:
        return f"reach: {desk.followers} followers or more"
    if (reach.views or 0) >= desk.views:
        return f"reach: seen {desk.views} times or more"
    if (reach.shares or 0) / hours >= desk.shares_per_hour:
        return f"velocity: shared {desk.shares_per_hour} times or more an hour"
    if (reach.views or 0) / hours >= desk.views_per_hour:
        return f"velocity: seen {desk.views_per_hour} times or more an hour"
    return None
