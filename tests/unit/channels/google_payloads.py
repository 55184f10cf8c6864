"""Listings of reviews as the Business Profile's API gives them; nobody in them exists."""

from __future__ import annotations

from typing import Any


def review(review_id: str = "AbFvOqk1", comment: str | None = "Hello", **more: Any) -> dict[str, Any]:
    said = {} if comment is None else {"comment": comment}
    written = more.pop("createTime", "2026-11-21T09:00:00.123456789Z")
    return {
        "name": f"accounts/111/locations/222/reviews/{review_id}",
        "reviewId": review_id,
        "reviewer": {"profilePhotoUrl": "https://photos.example/a", "displayName": "Sam V."},
        "starRating": "TWO",
        **said,
        "createTime": written,
        "updateTime": written,
        **more,
    }


def listing(*reviews: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"reviews": [*reviews], "averageRating": 2.5, "totalReviewCount": len(reviews), **more}


ANSWER = {"comment": "We are sorry.", "updateTime": "2026-11-21T11:00:00Z"}
SAMPLES: tuple[dict[str, Any], ...] = (
    listing(
        review("AbFvOqk2", None, starRating="FIVE", reviewer={"isAnonymous": True, "displayName": "A Google user"})
    ),
    listing(review(updateTime="2026-11-21T10:00:00Z"), review("AbFvOqk3", createTime="2020-01-01T00:00:00Z")),
    listing(review(reviewReply=ANSWER)),
    listing(review("AbFvOqk4", reviewReply={**ANSWER, "reviewReplyState": "REJECTED"}), nextPageToken="n"),
    {"gone": ["AbFvOqk3"]},
    {},
)
