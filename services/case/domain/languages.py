"""In which language a text is, guessed by the small words of its sentences. No guess is better than a wrong one."""

from __future__ import annotations

from typing import Final

from services.case.domain.folded_text import FoldedText

WORDS_READ_MAX = 400
HITS_MIN = 2
LEAD_MIN = 1.5
"""How many times as often the best language's words must stand in it as the next one's."""

_WRITTEN: Final = {
    "nl": (
        "aan al als bedankt bij dan dank dat de deze die dit een en er geen goed graag hallo heb hebben heeft het "
        "hoe iemand iets ik is je jij jullie kan kunnen maar met mij mijn mooi naar niet nog nooit nu om ons onze "
        "ook op sinds te uit uw van voor waar waarom wanneer wat we weer wel werd wij wil wordt zijn zo "
    ),
    "en": (
        "about again an and are at be been but by can could did do does dont for from had has have hello how if "
        "im is it its ive just me my never nice not of on or our please so some someone still thank thanks that "
        "the their there these they this those to was we were what when where why will with would you your "
    ),
    "de": (
        "aber auch auf aus bei bitte danke das dass dem den der die ein eine einen es fur habe haben hallo hat "
        "ich ihr ihre immer ist kann konnen mehr mein meine mit nicht noch nur oder schon sehr seit sie und uns "
        "von wann warum was wenn wie wir wird wo wurde zu "
    ),
    "fr": (
        "ai au aussi aux avec avez bonjour ce ces cette comme dans de depuis des du elle encore est et ete il "
        "jamais je la le les ma mais merci mes mon notre nous ou pas peut plus pour pourquoi pouvez quand que qui "
        "quoi sans sur svp tres un une vos votre vous "
    ),
}
_WORDS: Final = {language: frozenset(words.split()) for language, words in _WRITTEN.items()}


def guess_language(text: FoldedText) -> str | None:
    """`nl`, `en`, `de` or `fr`; None where it cannot be told."""
    words = text.words[:WORDS_READ_MAX]
    hits = sorted(((sum(word in known for word in words), name) for name, known in _WORDS.items()), reverse=True)
    (best, language), (next_best, _) = hits[:2]
    return language if best >= HITS_MIN and best >= LEAD_MIN * next_best else None
