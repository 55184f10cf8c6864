"""How customers say we did: the answer that a contact holds, on one of the scales on which that is asked.

Whatever a channel hands over as a rating is one, a review's stars too: nobody tells apart who was asked and who came to
say it. A form says it in a field of its own: `rating` (1 to 5), `nps` (0 to 10) or `thumbs` (up or down).
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

import msgspec

from contracts.content import ContactContent, RatingContent


class SatisfactionMetric(StrEnum):
    """How satisfaction was asked for."""

    CSAT_5 = "CSAT_5"
    NPS = "NPS"
    SCORE_10 = "SCORE_10"
    THUMBS = "THUMBS"


SCALES = {
    SatisfactionMetric.CSAT_5: (1, 5),
    SatisfactionMetric.NPS: (0, 10),
    SatisfactionMetric.SCORE_10: (1, 10),
    SatisfactionMetric.THUMBS: (0, 1),
}
"""The worst and the best answer of each; no two are alike, so that a scale says what was asked."""
_METRICS: dict[tuple[float, float], SatisfactionMetric] = {scale: metric for metric, scale in SCALES.items()}
_FIELDS = {
    "rating": SatisfactionMetric.CSAT_5,
    "nps": SatisfactionMetric.NPS,
    "thumbs": SatisfactionMetric.THUMBS,
}
"""A form's fields that are answers, in the order in which they count: a contact holds one answer."""
_THUMBS = {"up": 1.0, "👍": 1.0, "down": 0.0, "👎": 0.0}
_NUMBER_LENGTH_MAX = 8


class SurveyAnswer(msgspec.Struct, frozen=True):
    """One answer. `value` lies between `worst` and `best`."""

    metric: SatisfactionMetric
    value: float
    worst: int
    best: int


def rating_in(content: ContactContent) -> RatingContent | None:
    """What a contact's channel tells as its rating, else what a form's fields say."""
    if content.rating is not None or not content.fields:
        return content.rating
    for name, metric in _FIELDS.items():
        value = _number(content.fields.get(name), thumbs=metric is SatisfactionMetric.THUMBS)
        worst, best = SCALES[metric]
        if value is not None and worst <= value <= best:
            return RatingContent(value, float(worst), float(best))
    return None


def answer_in(content: ContactContent | None) -> SurveyAnswer | None:
    """The answer that a contact holds; None: none, or one on a scale on which nobody asks."""
    rating = None if content is None else rating_in(content)
    metric = None if rating is None else _METRICS.get((rating.min, rating.max))
    if rating is None or metric is None or not rating.min <= rating.value <= rating.max:
        return None
    worst, best = SCALES[metric]
    return SurveyAnswer(metric, float(rating.value), worst, best)


def _number(written: Any, *, thumbs: bool) -> float | None:
    """What was filled in as a number; `thumbs`: also by its word or its picture."""
    match written:
        case bool():
            return float(written) if thumbs else None
        case int() | float() if math.isfinite(written):
            return float(written)
        case str() if len(written) <= _NUMBER_LENGTH_MAX:
            word = written.strip().lower()
            if thumbs and word in _THUMBS:
                return _THUMBS[word]
            return float(word) if word.replace(".", "", 1).isdecimal() and word.isascii() else None
        case _:
            return None
