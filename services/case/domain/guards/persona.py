"""As whom an answer speaks: what stands below it. Who wrote it stays on record, whoever signs."""

from __future__ import annotations

from html import escape

from contracts.guards import Persona
from contracts.vocabulary import Channel


def signed(text: str, personas: tuple[Persona, ...], *, brand: str | None, channel: Channel, name: str | None) -> str:
    """The text as it leaves. `name`: the agent's; a text that ends with the signature already stays as it is."""
    signature = signature_of(personas, brand=brand, channel=channel, name=name)
    if signature is None or text.rstrip().endswith(signature):
        return text
    gap = " " if signature.startswith("^") else "\n\n"
    return f"{text.rstrip()}{gap}{signature}"


def signed_html(html: str | None, text: str, as_read: str) -> str | None:
    """What `text` says in HTML, with below it what `as_read` has below the text."""
    added = as_read.removeprefix(text.rstrip()).strip()
    if html is None or not added:
        return html
    lines = "<br>".join(escape(line) for line in added.splitlines())
    return f"{html}<p>{lines}</p>"


def signature_of(personas: tuple[Persona, ...], *, brand: str | None, channel: Channel, name: str | None) -> str | None:
    """What stands below answers of a brand on a channel; None: nothing, or the name of somebody who has none."""
    for persona in personas:
        if persona.brand in {None, brand} and (not persona.channels or channel.path in persona.channels):
            return _filled(persona.signature, (name or "").split())
    return None


def _filled(signature: str, words: list[str]) -> str | None:
    if not words:
        return None if "{" in signature else signature
    initials = "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1])))
    return signature.replace("{first_name}", words[0]).replace("{initials}", initials)
