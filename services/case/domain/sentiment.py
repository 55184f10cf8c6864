"""How somebody feels about what they say, from -1 to +1, by a small list of words.

Capitals and exclamation marks count for nothing: who shouts is not more right.
"""

from __future__ import annotations

from typing import Final

from services.case.domain.folded_text import ARTICLES, FoldedText

WORDS_READ_MAX = 1000
_LOOKED_BACK = 3
_SOFTENING = 2.0
"""How many words of one feeling make it half sure."""

_GOOD_WRITTEN: Final = (
    "aanrader amazing awesome bedankt behulpzaam best bien blij brilliant compliment complimenten content dank "
    "danke dankjewel dankuwel delighted excellent fantastic fantastisch fantastische fijn fijne freundlich "
    "friendly geweldig geweldige glad goed goede good great gut happy held helden helpful keurig kudos lekker "
    "lekkere leuk leuke love loved lovely merci mooi mooie netjes nice parfait perfect perfecte pleased prachtig "
    "prachtige quick rapide recommend recommended schnell snel snelle super superb tevreden thank thanks toll top "
    "uitstekend uitstekende vriendelijk vriendelijke wonderful zufrieden "
)
_GOOD: Final = frozenset(_GOOD_WRITTEN.split())
_BAD_WRITTEN: Final = (
    "angry annoying awful bad belachelijk beschadigd boos broken casse complaint damaged decu defect defective "
    "disappointed disappointing disgrace drama dramatisch enttauscht fout foute frustrated frustrating furchtbar "
    "haat hate horrible irritant irritante jammer kapot kapotte kaputt klacht klachten mauvais nul onacceptabel "
    "onbeschoft onvriendelijk oplichters oplichting pathetic poor ridiculous ripoff rude scam schandalig schande "
    "schlecht slecht slechte slow stom stomme stuk teleurgesteld teleurstellend terrible traag trage unacceptable "
    "useless verkeerd verkeerde vreselijk vreselijke waardeloos waardeloze worst wrong "
)
_BAD: Final = frozenset(_BAD_WRITTEN.split())
_TURNING_WRITTEN: Final = (
    "didnt doesnt dont geen hardly isnt jamais kein keine nauwelijks never nicht nie niet no nooit not pas sans "
    "wasnt zonder "
)
_TURNING: Final = frozenset(_TURNING_WRITTEN.split())
_STRENGTHENING_WRITTEN: Final = "echt enorm erg extremely heel really sehr so tres very zeer "
_STRENGTHENING: Final = frozenset(_STRENGTHENING_WRITTEN.split())
_FACES: Final = {"😀😃😄😁😊😍🥰🙂❤👍🎉🙏": 1.0, "😡😠🤬😢😭👎😞😤": -1.0}


def sentiment_of(text: FoldedText, raw: str) -> float:
    """The feeling of a text, rounded to hundredths; 0 where there is none. `raw`: where its faces stand."""
    words = text.words[:WORDS_READ_MAX]
    total = sum(_weight(words, index) for index in range(len(words)))
    for faces, weight in _FACES.items():
        total += weight * min(1, sum(raw[: 10 * WORDS_READ_MAX].count(face) for face in faces))
    return round(total / (abs(total) + _SOFTENING), 2) if total else 0.0


def _weight(words: list[str], index: int) -> float:
    weight = (words[index] in _GOOD) - (words[index] in _BAD)
    if not weight:
        return 0.0
    before = [word for word in words[max(0, index - _LOOKED_BACK) : index] if word not in ARTICLES]
    stronger = bool(before) and before[-1] in _STRENGTHENING
    denying = before[:-1] if stronger else before
    turned = bool(denying) and denying[-1] in _TURNING
    return weight * (1.5 if stronger else 1.0) * (-1 if turned else 1)
