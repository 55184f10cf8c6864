"""The page that holds a bundle, checks every hash of it in a browser, and shows the case: one file, no network."""

from __future__ import annotations

import base64
from functools import cache
from hashlib import sha256
from importlib.resources import files

import msgspec

from infra.bundle import Body, bundle_of, canonical

LANGUAGES = ("en", "nl")
BEGINS = b"<!doctype html>\n"
_SLOT = b'<script type="application/json" id="bundle">'
_SLOT_ENDS = b"</script>"


class NotAPage(Exception):  # noqa: N818
    """These bytes are no page of this kind."""


def page_of(body: Body) -> bytes:
    """The page that holds the bundle of `body`."""
    before, after = _surroundings()
    with_page = msgspec.structs.replace(body, page=around(before, after))
    return before + embedded(canonical(bundle_of(with_page))) + after


def around(before: bytes, after: bytes) -> str:
    """What stands in `Body.page`."""
    return sha256(before + after).hexdigest()


def embedded(canonical_json: bytes) -> bytes:
    """A bundle's JSON such that nothing in it can end the element it stands in. It is the same JSON."""
    return canonical_json.replace(b"<", b"\\u003c")


def taken_apart(page: bytes) -> tuple[bytes, bytes, bytes]:
    """What stands before the bundle in a page, the bundle's embedded JSON, and what stands after it.

    Raises:
        NotAPage: there is no bundle in it.
    """
    begin = page.find(_SLOT) + len(_SLOT)
    end = page.find(_SLOT_ENDS, begin)
    if not page.startswith(BEGINS) or begin < len(_SLOT) or end < 0:
        raise NotAPage("this page holds no bundle")
    return page[:begin], page[begin:end], page[end:]


@cache
def _surroundings() -> tuple[bytes, bytes]:
    """The page around its bundle."""
    texts = {language: msgspec.json.decode(_file(f"texts/{language}.json")) for language in LANGUAGES}
    style = "\n" + _file("style.css")
    shown = _file("show.js").replace("{{texts}}", msgspec.json.encode(texts).decode())
    script = f"\n{_file('check.js')}\n{shown}"
    policy = f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; base-uri 'none'; "
    page = _file("template.html").replace("{{policy}}", policy + "form-action 'none'")
    page = page.replace("{{style}}", style).replace("{{script}}", script)
    before, _, after = page.partition("{{bundle}}")
    return before.encode(), after.encode()


def _source(text: str) -> str:
    """The only text a page's policy lets run, or style it, by its hash."""
    return "sha256-" + base64.b64encode(sha256(text.encode()).digest()).decode()


def _file(name: str) -> str:
    return (files("infra.verify_page") / name).read_text(encoding="utf-8")
