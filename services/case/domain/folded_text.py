"""A text as words are looked for in it: in one case, without accents, so much of it as decides what it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

TEXT_LENGTH_MAX = 20_000
"""Characters that are read; who has not said by then what they want is read by a person."""
_OCCURRENCES_MAX = 5
_WORD = re.compile(r"\w+")
_DENYING = (
    "aucun aucune doesnt dont geen isnt jamais kein keine keinen never nicht nie niet niets no none nooit not "
    "ohne pas sans wasnt without zonder "
)
_NEGATIONS = frozenset(_DENYING.split())


ARTICLES = frozenset({"a", "an", "any", "the", "een", "de", "het", "enkele", "single"})


class FoldedText:
    """`words`: in order. Every look-up takes time in proportion to the text's length."""

    def __init__(self, text: str) -> None:
        self.words = words_of(text[:TEXT_LENGTH_MAX])
        self._once = frozenset(self.words)
        self._padded = f" {' '.join(self.words)} "

    def has(self, phrase: str) -> bool:
        """Whether the words stand in it, in a row. `deliver*`: or what begins so."""
        return self._at(_padded(phrase), 0) >= 0

    def meant(self, phrase: str) -> bool:
        """Whether they stand in it without a word before them that denies them: no `complaint` in `no complaints`."""
        wanted, at = _padded(phrase), 0
        for _ in range(_OCCURRENCES_MAX):
            at = self._at(wanted, at)
            if at < 0:
                return False
            if not self._denied(at):
                return True
            at += 1
        return False

    def _denied(self, at: int) -> bool:
        """Whether the word before that place denies what follows, an article left out."""
        word, begins = self._word_before(at)
        return (self._word_before(begins)[0] if word in ARTICLES else word) in _NEGATIONS

    def _word_before(self, at: int) -> tuple[str, int]:
        begins = self._padded.rfind(" ", 0, max(at, 0))
        return self._padded[begins + 1 : max(at, 0)], begins

    def first(self, phrases: Iterable[str]) -> str | None:
        """The first of the phrases that is meant."""
        return next(self.all_meant(phrases), None)

    def all_meant(self, phrases: Iterable[str]) -> Iterator[str]:
        """Those of the phrases that are meant, in their order. Only those are looked for that a word of it begins."""
        by_word = _by_word(tuple(phrases))
        places = {place for word in self._once for place in by_word.whole.get(word, ())}
        places.update(
            place
            for beginning, place in by_word.beginnings
            if any(word.startswith(beginning) for word in self._once if word[:1] == beginning[:1])
        )
        return (by_word.phrases[place] for place in sorted(places) if self.meant(by_word.phrases[place]))

    def _at(self, wanted: str, start: int) -> int:
        return self._padded.find(wanted, start) if wanted.strip() else -1


class _ByWord(NamedTuple):
    """Places of phrases by their first words; of one word's `deliver*`, by how that begins."""

    phrases: tuple[str, ...]
    whole: dict[str, list[int]]
    beginnings: list[tuple[str, int]]


@lru_cache(maxsize=256)
def _by_word(phrases: tuple[str, ...]) -> _ByWord:
    found = _ByWord(phrases, {}, [])
    for place, phrase in enumerate(phrases):
        words = words_of(phrase)
        if len(words) == 1 and phrase.rstrip().endswith("*"):
            found.beginnings.append((words[0], place))
        elif words:
            found.whole.setdefault(words[0], []).append(place)
    return found


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared."""
    plain = text.casefold().replace("'", "")
    if not plain.isascii():
        folded = unicodedata.normalize("NFKD", plain).replace("\u2019", "").replace("'", "")
        plain = "".join(each for each in folded if not unicodedata.combining(each))
    return _WORD.findall(plain)


@lru_cache(maxsize=4096)
def _padded(phrase: str) -> str:
    """As it stands in the padded text: a space before it, and behind it unless it goes on."""
    inner = " ".join(words_of(phrase))
    return f" {inner}" if phrase.rstrip().endswith("*") else f" {inner} "
