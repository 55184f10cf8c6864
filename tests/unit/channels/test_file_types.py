"""Files are what their first bytes say."""

from __future__ import annotations

import pytest

from services.channels.domain.file_types import media_type_of


@pytest.mark.parametrize(
    ("data", "claimed", "found"),
    [
        (b"%PDF-1.7", "image/png", "application/pdf"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", "image/webp"),
        (b"MZ\x90\x00", "application/pdf", "application/x-msdownload"),
        (
            b"PK\x03\x04....word/document.xml",
            "application/zip",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"PK\x03\x04....", "image/png", "application/zip"),
        (b"<?xml version='1.0'?><svg onload=x>", "image/png", "image/svg+xml"),
        (b"<!DOCTYPE HTML><p>x", "text/plain", "text/html"),
        (b"a,b\n1,2", "text/csv", "text/csv"),
        (b"plain", "text/x-anything", "text/plain"),
        (b"plain", "image/png", "application/octet-stream"),
        (b"a\x00b", "text/plain", "application/octet-stream"),
        (b"", "text/plain", "text/plain"),
    ],
)
def test_a_type_is_seen_and_not_believed(data: bytes, claimed: str, found: str) -> None:
    assert media_type_of(data, claimed) == found
