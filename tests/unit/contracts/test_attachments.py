"""Names and types of files as they may be shown."""

from __future__ import annotations

import pytest

from contracts.attachments import NAME_LENGTH_MAX, UNKNOWN_MEDIA_TYPE, file_name, media_type


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\sam\\bill.pdf", "bill.pdf"),
        ("..", None),
        ("", None),
        (None, None),
        (" . ", None),
        ("a\x00b\r\nSet-Cookie: x.png", "a_b__Set-Cookie_ x.png"),
        ("invoice\u202egnp.exe", "invoice_gnp.exe"),
        ("\ud800.png", "_.png"),
        ('"quoted".png', "_quoted_.png"),
        (".htaccess", "htaccess"),
        ("x" * 300 + ".png", ("x" * 300 + ".png")[-NAME_LENGTH_MAX:]),
        ("bon n° 7 — één.pdf", "bon n° 7 — één.pdf"),
    ],
)
def test_a_name_leads_nowhere_and_tricks_nobody(written: str | None, shown: str | None) -> None:
    assert file_name(written) == shown
    assert file_name(shown) == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Image/PNG; name=x", "image/png"),
        ("image/*", "image/*"),
        ("text/html\r\nX: y", UNKNOWN_MEDIA_TYPE),
        ("image", UNKNOWN_MEDIA_TYPE),
        ("x/" + "y" * 200, UNKNOWN_MEDIA_TYPE),
        (None, UNKNOWN_MEDIA_TYPE),
    ],
)
def test_a_type_is_one_or_unknown(written: str | None, shown: str) -> None:
    assert media_type(written) == shown
