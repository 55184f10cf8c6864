"""What a file is by its first bytes: what its sender calls it decides nothing."""

from __future__ import annotations

_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (8, b"WAVE", "audio/wav"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"MZ", "application/x-msdownload"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xfe\xed\xfa", "application/x-executable"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-executable"),
    (0, b"\xca\xfe\xba\xbe", "application/x-executable"),
    (0, b"#!", "text/x-script"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"),
)
_IN_ZIP = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
)
_MARKUP = (
    (b"<svg", "image/svg+xml"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<script", "text/html"),
    (b"<?xml", "application/xml"),
)
_LOOKED_AT = 4096
_PLAIN = frozenset({"text/plain", "text/csv", "text/calendar", "text/vcard", "text/x-vcard", "application/json"})
UNKNOWN = "application/octet-stream"
REFUSED = frozenset({"application/x-msdownload", "application/x-executable", "text/x-script"})
"""What only ever runs: programs and scripts are not kept."""

SHOWN = frozenset(
    {
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/heic", "image/heif", "image/tiff"),
        *("audio/mpeg", "audio/ogg", "audio/wav", "audio/mp4", "audio/aac", "audio/amr", "video/mp4", "video/webm"),
        *("application/pdf", "text/plain"),
    }
)
"""What may be handed out under its own type: none of it carries script into a page. All else is mere bytes."""


def media_type_of(data: bytes, claimed: str) -> str:
    """The type of a file. What is recognised by nothing keeps its claim only where that is harmless text."""
    head = data[:_LOOKED_AT]
    for offset, mark, media_type in _MARKS:
        if head.startswith(mark, offset):
            return _inside_zip(head) if media_type == "application/zip" else media_type
    lowered = head.lower()
    for mark, media_type in _MARKUP:
        if mark in lowered:
            return media_type
    if b"\x00" in head:
        return UNKNOWN
    if claimed in _PLAIN or claimed.startswith("message/"):
        return claimed
    return "text/plain" if claimed.startswith("text/") else UNKNOWN


def _inside_zip(head: bytes) -> str:
    return next((media_type for mark, media_type in _IN_ZIP if mark in head), "application/zip")
