"""Texts that are ready to be sent, with places to fill in; some channels take only those from us unasked."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from contracts.content import TemplateContent
from contracts.installation import MessageTemplate
from contracts.vocabulary import Channel, Refusal, RefusalCode
from services.case.domain.texts import checked_text

PARAMETER_LENGTH_MAX = 1_000
_PLACE = re.compile(r"\{\{(\d+)\}\}")
_BROKEN = re.compile(r"[\n\r\t]| {5,}")
"""What WhatsApp takes in no parameter."""


class TemplateWish(msgspec.Struct, frozen=True):
    """Which text, and what to fill in."""

    name: str
    language: str
    parameters: tuple[str, ...] = ()


class Words(msgspec.Struct, frozen=True):
    """What is to be said. `template`: as which it leaves where the channel knows templates."""

    text: str
    template: TemplateContent | None = None


def words_of(
    text: str | None,
    wish: TemplateWish | None,
    templates: Sequence[MessageTemplate],
    *,
    brand: str | None,
    account: tuple[Channel, str],
    within: tuple[str, ...] = (),
) -> Words:
    """The text, or the template filled in. `account`: by which it leaves; `brand`: in whose name.

    Raises:
        Refusal: INVALID_INPUT (not exactly one of them, empty, other than as many parameters as places, a parameter
            that no message can hold), NOT_FOUND (no such template for this account), TEXT_TOO_LONG; all `within`.
    """
    if (text is not None and text.strip() != "") == (wish is not None):
        message = "must not be empty" if wish is None else "either a text or a template"
        raise Refusal(RefusalCode.INVALID_INPUT, message, *within, "text")
    if wish is None:
        return Words(checked_text(text or "", *within, "text"))
    found = next((each for each in templates if _is_meant(each, wish, brand, account)), None)
    if found is None:
        raise Refusal(RefusalCode.NOT_FOUND, "no such template of this account", *within, "template", "name")
    values = _checked(found, wish.parameters, *within, "template", "parameters")
    rendered = _PLACE.sub(lambda place: values[int(place[1]) - 1], found.body)
    return Words(rendered, TemplateContent(found.name, found.language, values))


def places_of(template: MessageTemplate) -> int:
    """How many values a template asks for."""
    return max((int(number) for number in _PLACE.findall(template.body)), default=0)


def is_for(template: MessageTemplate, brand: str | None, account: tuple[Channel, str]) -> bool:
    """Whether a template may leave by this account, in this name."""
    return template.brand in {None, brand} and template.account in {None, account[1]}


def _is_meant(template: MessageTemplate, wish: TemplateWish, brand: str | None, account: tuple[Channel, str]) -> bool:
    same = (template.name, template.language.lower()) == (wish.name, wish.language.lower())
    return same and is_for(template, brand, account)


def _checked(template: MessageTemplate, parameters: Sequence[str], *path: str) -> tuple[str, ...]:
    count = places_of(template)
    if len(parameters) != count:
        raise Refusal(RefusalCode.INVALID_INPUT, f"expected {count} values", *path)
    values = tuple(checked_text(each, *path, length_max=PARAMETER_LENGTH_MAX) for each in parameters)
    if any(_BROKEN.search(each) for each in values):
        raise Refusal(RefusalCode.INVALID_INPUT, "a value is of one line, without wide gaps", *path)
    return values
