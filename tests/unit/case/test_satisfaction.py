"""Which answer a contact holds to the question how we did."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.content import ContactContent, RatingContent
from services.case.domain.satisfaction import SCALES, SatisfactionMetric, SurveyAnswer, answer_in, rating_in

CSAT_5, NPS, SCORE_10, THUMBS = SatisfactionMetric


def answered(**fields: Any) -> SurveyAnswer | None:
    return answer_in(ContactContent(fields=fields))


@pytest.mark.parametrize("metric", SatisfactionMetric)
def test_s012_a_rating_is_an_answer_by_the_metric_of_its_scale(metric: SatisfactionMetric) -> None:
    worst, best = SCALES[metric]
    for value in (worst, best):
        found = answer_in(ContactContent(rating=RatingContent(value, worst, best)))
        assert found == SurveyAnswer(metric, value, worst, best)


def test_no_two_metrics_have_the_same_scale() -> None:
    assert len(set(SCALES.values())) == len(SatisfactionMetric)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"rating": 4}, (CSAT_5, 4.0)),
        ({"rating": " 4.5 "}, (CSAT_5, 4.5)),
        ({"nps": "0"}, (NPS, 0.0)),
        ({"nps": 10}, (NPS, 10.0)),
        ({"thumbs": "Up"}, (THUMBS, 1.0)),
        ({"thumbs": "👎"}, (THUMBS, 0.0)),
        ({"thumbs": False}, (THUMBS, 0.0)),
        ({"rating": 2, "nps": 9}, (CSAT_5, 2.0)),
        ({"rating": "none", "nps": 9}, (NPS, 9.0)),
    ],
)
def test_s092_a_forms_field_is_an_answer(fields: dict[str, Any], expected: tuple[SatisfactionMetric, float]) -> None:
    found = answered(**fields)
    assert found is not None
    assert (found.metric, found.value) == expected


@pytest.mark.parametrize(
    "value",
    [0, 6, -1, "", "4 stars", "1e0", "nan", "٤", True, None, [4], {"value": 4}, float("nan"), float("inf"), "9" * 999],
)
def test_what_is_not_on_its_scale_is_no_answer_and_breaks_nothing(value: Any) -> None:
    assert answered(rating=value) is None


@pytest.mark.parametrize("rating", [RatingContent(3, 1, 7), RatingContent(6, 1, 5), RatingContent(0, 5, 1)])
def test_a_rating_on_a_scale_on_which_nobody_asks_is_shown_and_counts_not(rating: RatingContent) -> None:
    content = ContactContent(rating=rating)
    assert (rating_in(content), answer_in(content)) == (rating, None)


def test_what_the_channel_tells_goes_before_what_was_filled_in() -> None:
    stars = RatingContent(5, 1, 5)
    assert rating_in(ContactContent(rating=stars, fields={"rating": 1})) is stars
    assert answer_in(ContactContent()) is None
    assert answer_in(None) is None
