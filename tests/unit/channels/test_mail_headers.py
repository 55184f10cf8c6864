"""Headers as mailers break them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.channels.providers.mail_charsets import header_text
from services.channels.providers.mail_headers import Address, addresses, date_of, message_ids


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("=?utf-8?b?R3LD?= =?utf-8?b?vMOfZQ==?=", "Grüße"),
        ("Re: =?iso-8859-1?Q?Gr=FC=DFe_an_alle?= !", "Re: Grüße an alle !"),
        ("=?utf-8*nl?q?Hallo?=", "Hallo"),
        ("=?x-unknown?q?Hallo?=", "Hallo"),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
        ("folded\r\n\tline", "folded line"),
        ("=?broken", "=?broken"),
        ("raw gr\udcc3\udcbc\udcc3\udc9fe", "raw grüße"),
        ("raw gr\udcfc\udcdfe", "raw grüße"),
    ],
)
def test_a_header_is_read_as_people_do(written: str, text: str) -> None:
    assert header_text(written) == text


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Sam Smit <sam@customer.example>", [Address("sam@customer.example", "Sam Smit")]),
        ('"Smit, Sam" <sam@customer.example>', [Address("sam@customer.example", "Smit, Sam")]),
        ("=?utf-8?q?J=C3=B6rg?= <j@customer.example>", [Address("j@customer.example", "Jörg")]),
        ("sam@customer.example", [Address("sam@customer.example")]),
        ("a@b.example, Bea <c@d.example>, a@B.example", [Address("a@b.example"), Address("c@d.example", "Bea")]),
        ("undisclosed-recipients:;", []),
        ("Sam sam@customer.example here", [Address("sam@customer.example")]),
        ("<>", []),
        ("", []),
        ("not an address", []),
    ],
)
def test_addresses_are_found_or_not(written: str, found: list[Address]) -> None:
    assert list(addresses({"from": [written]}, "from")) == found


def test_ids_are_those_between_brackets_and_few() -> None:
    many = " ".join(f"<{number}@x>" for number in range(500))
    ids = message_ids({"references": [many]}, "references")
    assert (len(ids), ids[-1]) == (50, "<499@x>")
    assert message_ids({"references": ["bare@id.example"]}, "references") == ("<bare@id.example>",)
    assert message_ids({"references": ["<fol\r\n ded@x>"]}, "references") == ("<folded@x>",)


@pytest.mark.parametrize(
    "written", ["Sun, 22 Nov 2026 12:00:00 +0100", "22 Nov 2026 11:00:00 GMT", "Sun, 22 Nov 2026 12:00:00 +0100 (CET)"]
)
def test_a_date_is_read(written: str) -> None:
    assert date_of({"date": [written]}) == datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "soon", "Sun, 99 Nov 2026 99:00:00 +9999", "Sun, 22 Nov 99999999 12:00:00"])
def test_without_a_date_the_first_server_tells_when(written: str) -> None:
    received = ["by mx; Sun, 22 Nov 2026 12:05:00 +0000", "by relay; Sun, 22 Nov 2026 12:00:00 +0000"]
    assert date_of({"date": [written], "received": received}) == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert date_of({"date": [written]}) is None
