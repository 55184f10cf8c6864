"""What a monitoring agency and a review site push; nobody and nothing in it exists."""

from __future__ import annotations

from typing import Any

ARTICLE = {
    "id": "doc-1",
    "type": "article",
    "outlet": "De Voorbeeldkrant",
    "title": "Parcels late again",
    "text": "Hello",
    "author": "Kim Jansen",
    "url": "https://krant.example/parcels",
    "published_at": "2026-11-21T09:00:00+01:00",
    "page": "3",
    "reach": 310000,
    "language": "nl",
}
BROADCAST = {
    "id": "doc-2",
    "type": "broadcast",
    "outlet": "Radio Voorbeeld",
    "programme": "De Ochtend",
    "time_code": "07:14:20",
    "text": "… and again parcels are late …",
    "clip_url": "https://clips.example/2.mp3",
    "clip_type": "audio/mpeg",
    "published_at": "2026-11-21T06:14:20Z",
}


def documents(*found: dict[str, Any]) -> dict[str, Any]:
    return {"documents": [*found]}


def review(**more: Any) -> dict[str, Any]:
    told = {
        "id": "5f8a1b2c",
        "title": "Late",
        "text": "Hello",
        "stars": 2,
        "language": "nl",
        "createdAt": "2026-11-21T09:00:00Z",
        "referenceId": "order-7",
        "link": "https://reviews.example/5f8a1b2c",
        "consumer": {"id": "c-1", "name": "Sam V."},
    }
    return {"eventName": "service-review-created", "version": "1", "eventData": {**told, **more}}


def events(*found: dict[str, Any]) -> dict[str, Any]:
    return {"events": [*found]}


UPDATED = {**review(text="Hello, it came", updatedAt="2026-11-21T10:00:00Z"), "eventName": "service-review-updated"}
DELETED = {"eventName": "service-review-deleted", "eventData": {"id": "5f8a1b2c"}}
MEDIA = (documents(ARTICLE, BROADCAST), documents({"title": "x"}))
REVIEWS = (events(UPDATED, DELETED), events({"eventName": "product-review-created", "eventData": {"id": "1"}}))
