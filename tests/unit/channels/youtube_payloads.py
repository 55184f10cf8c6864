"""Threads of comments as the Data API lists them; nobody in them exists."""

from __future__ import annotations

from typing import Any


def comment(comment_id: str = "Ug1", text: str = "Hello", **more: Any) -> dict[str, Any]:
    snippet = {
        "textDisplay": text,
        "textOriginal": text,
        "authorDisplayName": "@samv",
        "authorChannelId": {"value": "UCsam"},
        "videoId": "v1",
        "publishedAt": "2026-11-21T09:00:00Z",
        **more,
    }
    return {"kind": "youtube#comment", "id": comment_id, "snippet": {"updatedAt": snippet["publishedAt"], **snippet}}


def thread(*replies: dict[str, Any], **more: Any) -> dict[str, Any]:
    listed = {"id": "Ug1", "snippet": {"videoId": "v1", "topLevelComment": comment(**more)}}
    return {**listed, "replies": {"comments": [*replies]}} if replies else listed


def threads(*found: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "youtube#commentThreadListResponse", "etag": "x", "items": [*found]}


SAMPLES = (
    threads(
        thread(comment("Ug1.1", "Mine too", parentId="Ug1"), comment("Ug1.2", authorChannelId={"value": "UCshop"}))
    ),
    threads(thread(updatedAt="2026-11-21T10:00:00Z"), thread(publishedAt="2020-01-01T00:00:00Z")),
    threads({"id": "x"}),
)
