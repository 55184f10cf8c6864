"""What no single value of the playbooks shows: references, and needs that nothing could ever fill."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.installation import Configuration
from contracts.playbooks import PLAYBOOKS_MAX, PlaybookRule
from contracts.vocabulary import Channel, DetailKind


def playbook_complaint(configuration: Configuration) -> tuple[str, str] | None:
    """The key at fault and what is wrong with it; None: nothing."""
    if len(configuration.playbooks) > PLAYBOOKS_MAX:
        return "playbooks", f"at most {PLAYBOOKS_MAX} playbooks"
    return next(_complaints(configuration), None)


def _complaints(configuration: Configuration) -> Iterator[tuple[str, str]]:
    brands = {brand.ref for brand in configuration.brands}
    templates = {template.name for template in configuration.templates}
    causes = {cause.code for cause in configuration.causes}
    for index, rule in enumerate(configuration.playbooks):
        key = f"playbooks[{index}]"
        if rule.answer is None and rule.tone is None and rule.action is None:
            yield f"{key}.answer", "expected an answer, a tone or an action"
        if rule.brand is not None and rule.brand not in brands:
            yield f"{key}.brand", f"there is no brand {rule.brand!r}"
        if rule.template is not None and rule.template not in templates:
            yield f"{key}.template", f"there is no template {rule.template!r}"
        yield from ((f"{key}.{name}", wrong) for name, wrong in (*_listed(rule, causes), *_unwritable(rule)))
        if DetailKind.ORDER in rule.needed and not configuration.guards.order_numbers:
            wrong = "no order number is ever recognised: say in guards.order_numbers what they look like"
            yield f"{key}.needs[{rule.needs.index('order')}]", wrong


def _unwritable(rule: PlaybookRule) -> Iterator[tuple[str, str]]:
    """Texts that no statement can look at, for no database takes them."""
    for name in ("situation", "answer", "tone", "action"):
        if "\0" in (getattr(rule, name) or ""):
            yield name, "expected a text without U+0000"
    for name in ("tags", "causes"):
        for index, word in enumerate(getattr(rule, name)):
            if "\0" in word:
                yield f"{name}[{index}]", "expected a text without U+0000"


def _listed(rule: PlaybookRule, causes: set[str]) -> Iterator[tuple[str, str]]:
    for index, path in enumerate(rule.channels):
        if Channel.from_path(path) is None:
            yield f"channels[{index}]", "expected a channel such as x"
    for index, code in enumerate(rule.causes):
        if causes and code not in causes:
            yield f"causes[{index}]", f"there is no cause {code!r}"
