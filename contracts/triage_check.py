"""What no single value of the triage configuration shows: references, contradictions, an address that is safe."""

from __future__ import annotations

from contracts.hosts import is_secure
from contracts.installation import Configuration
from contracts.standard_webhooks import sign_standard
from contracts.triage import RULES_MAX, TriageRule
from contracts.vocabulary import Channel


def triage_complaint(configuration: Configuration) -> tuple[str, str] | None:
    """The key at fault and what is wrong with it; None: nothing."""
    if len(configuration.triage) > RULES_MAX:
        return "triage", f"at most {RULES_MAX} rules"
    brands = {brand.ref for brand in configuration.brands}
    for index, rule in enumerate(configuration.triage):
        if (wrong := _rule_complaint(rule, brands)) is not None:
            return f"triage[{index}].{wrong[0]}", wrong[1]
    reach, classifier = configuration.reach, configuration.classifier
    if reach.followers_urgent < reach.followers_high:
        return "reach.followers_urgent", "expected no fewer than followers_high"
    if classifier is not None:
        if not is_secure(classifier.url):
            return "classifier.url", "expected an https:// URL"
        if not is_usable(classifier.secret):
            return "classifier.secret", "expected a text that is not empty, base64 behind whsec_"
    return None


def is_usable(secret: str) -> bool:
    """Whether something can be signed with it."""
    try:
        return bool(secret) and bool(sign_standard("", "", b"", secret))
    except ValueError:
        return False


def _rule_complaint(rule: TriageRule, brands: set[str]) -> tuple[str, str] | None:
    if rule.brand is not None and rule.brand not in brands:
        return "brand", f"there is no brand {rule.brand!r}"
    for index, path in enumerate(rule.channels):
        if Channel.from_path(path) is None:
            return f"channels[{index}]", "expected a channel such as x"
    for index, word in enumerate(rule.words):
        if not any(character.isalnum() for character in word) or "*" in word.rstrip().removesuffix("*"):
            return f"words[{index}]", "expected words, with at most a * at the end"
    if rule.outcome is not None and rule.answer is not None:
        return "answer", "an outcome and an answer exclude each other"
    if rule.class_ is None and rule.outcome is None and rule.answer is None:
        return "outcome", "expected a class, an outcome or an answer"
    return None
