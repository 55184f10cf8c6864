"""An auditor has a laptop, not Python: the page in a real browser, opened from a file, with no network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.bundle import Body
from infra.verify_page import page_of, taken_apart
from tests.support.bundles import ALTERATIONS, NASTY, OTHER_VKEY, VKEY, Change, body_of, story
from tests.support.chromium import Chromium, chromium

NO_ED25519 = """(() => { const known = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...more) {
  if (algorithm.name === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
  return known.call(this, format, key, algorithm, ...more);
}; })();"""
FLIPS = """(async () => {
  const text = document.getElementById("bundle").textContent;
  const survived = [];
  for (let at = 0; at < text.length; at += STEP) {
    const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << (at % 8)));
    try {
      await checkBundle(text.slice(0, at) + flipped + text.slice(at + 1));
      survived.push(at);
    } catch {}
  }
  await checkBundle(text);
  return survived;
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("chromium") / "profile") as running:
        yield running


@pytest.fixture
def english(browser: Chromium) -> Chromium:
    browser.speak("en-GB,en")
    return browser


def written(folder: Path, body: Body) -> Path:
    file = folder / "case.html"
    file.write_bytes(page_of(body))
    return file


def test_the_page_checks_everything_and_shows_every_step_with_actor_and_reason(
    english: Chromium, tmp_path: Path
) -> None:
    file = written(tmp_path, body_of(story(), readable=True))
    assert english.open(file) == "good"
    text = english.text()
    assert "Everything checks out" in text
    assert "signed by the key eender/case" in text
    titles = english.run("[...document.querySelectorAll('.step h3')].map((each) => each.textContent)")
    assert titles == ["Case opened", "Contact", "Case assigned", "Note written", "Gesture asked for", "Case resolved"]
    assert "by the customer" in text
    assert "by anna (agent)" in text
    assert "The customer's own agent can begin in time" in text
    rows = english.run("[...document.querySelectorAll('tbody tr')].map((row) => row.cells[0].textContent + ': ' + "
                       "row.cells[3].textContent)")  # fmt: skip
    assert rows == ["anna: chosen", "bram: somebody came first", "chadia: does not speak the language"]
    assert "€12.50" in text
    assert "carrier-late" in text


@pytest.mark.parametrize(("before", "after"), [(0, 0), (1, 0), (0, 1), (250, 3), (300, 700)])
def test_the_page_finds_the_facts_wherever_they_stand_in_the_log(
    english: Chromium, tmp_path: Path, before: int, after: int
) -> None:
    assert english.open(written(tmp_path, body_of(story(), before=before, after=after))) == "good"


def test_what_customers_wrote_is_shown_as_text_and_is_never_markup(english: Chromium, tmp_path: Path) -> None:
    assert english.open(written(tmp_path, body_of(story(), readable=True))) == "good"
    shown = english.run("[...document.querySelectorAll('.says dd')].map((each) => each.textContent)")
    assert NASTY in shown
    assert english.run("document.querySelectorAll('#page b b, #page script').length") == 0


def test_the_page_asks_for_nothing_but_itself(english: Chromium, tmp_path: Path) -> None:
    file = written(tmp_path, body_of(story()))
    assert english.open(file) == "good"
    assert english.asked == [file.as_uri()]
    refused = "fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')"
    assert english.run(refused) == "refused"


def test_a_sealed_bundle_shows_no_text_and_says_what_was_withheld(english: Chromium, tmp_path: Path) -> None:
    assert english.open(written(tmp_path, body_of(story(withheld=(2,))))) == "good"
    text = english.text()
    assert "Withheld since, with the chain still whole: the contents of fact 2." in text
    assert text.count("Content: sealed") == 2
    assert text.count("Content: withheld") == 1
    assert "Content redacted" in text
    assert "Called the carrier" not in text


def test_the_page_names_a_content_that_was_taken_away_without_a_fact_that_says_so(
    english: Chromium, tmp_path: Path
) -> None:
    assert english.open(written(tmp_path, body_of(story(withheld=(2,), said=False)))) == "altered"
    assert "a content was taken away, and no fact says so" in english.text()


def test_the_page_speaks_dutch_to_who_reads_dutch_and_english_at_a_click(browser: Chromium, tmp_path: Path) -> None:
    browser.speak("nl-NL,nl")
    assert browser.open(written(tmp_path, body_of(story(), readable=True))) == "good"
    assert browser.run("document.documentElement.lang") == "nl"
    text = browser.text()
    for words in (
        "Zaak 100042",
        "Alles klopt",
        "Zaak toegewezen",
        "spreekt de taal niet",
        "door de klant",
    ):
        assert words in text
    browser.run("document.getElementById('to-en').click()")
    assert "Everything checks out" in browser.text()
    assert browser.run("document.documentElement.lang") == "en"


@pytest.mark.parametrize("language", ["de-DE,de", "fr"])
def test_who_reads_neither_gets_english(browser: Chromium, tmp_path: Path, language: str) -> None:
    browser.speak(language)
    assert browser.open(written(tmp_path, body_of(story()))) == "good"
    assert browser.run("document.documentElement.lang") == "en"


@pytest.mark.parametrize(("change", "place"), [each for each in ALTERATIONS if not each[1].startswith("page")])
def test_what_python_finds_altered_the_page_finds_altered(
    english: Chromium, tmp_path: Path, change: Change, place: str
) -> None:
    assert english.open(written(tmp_path, change(body_of(story(), readable=True)))) == "altered"
    text = english.text()
    assert "This bundle was altered" in text
    assert "Everything checks out" not in text
    if place.startswith("version"):
        assert f"At fact {place.split()[1].rstrip(':')}" in text


def test_flipping_a_byte_of_the_bundle_in_a_page_is_detected_by_the_page(english: Chromium, tmp_path: Path) -> None:
    assert english.open(written(tmp_path, body_of(story(), readable=True))) == "good"
    assert english.run(FLIPS.replace("STEP", "7")) == []


def test_a_page_in_which_a_fact_was_overwritten_says_so(english: Chromium, tmp_path: Path) -> None:
    file = written(tmp_path, body_of(story()))
    before, bundle, after = taken_apart(file.read_bytes())
    file.write_bytes(before + bundle.replace(b"case.resolved.v1", b"case.reopened.v1") + after)
    assert english.open(file) == "altered"
    file.write_bytes(before + b"{" + after)
    assert english.open(file) == "altered"


def test_where_the_browser_knows_no_ed25519_the_page_says_so_and_how_to_check(
    english: Chromium, tmp_path: Path
) -> None:
    prepared = english.prepare(NO_ED25519)
    try:
        assert english.open(written(tmp_path, body_of(story()))) == "unsigned"
        text = english.text()
        assert "the signature was not checked" in text
        assert "eender verify --bundle" in text
        assert "Everything checks out" not in text
    finally:
        english.forget(prepared)


def test_the_auditors_own_copy_of_the_key_is_compared_with_the_bundles(english: Chromium, tmp_path: Path) -> None:
    assert english.open(written(tmp_path, body_of(story()))) == "good"
    for key, answer in (
        (VKEY, "It is the same key"),
        (OTHER_VKEY, "It is another key"),
        (VKEY[:-1], "This is no key, or not the whole of one"),
        ("nonsense", "This is no key, or not the whole of one"),
        ("", "A signature says only"),
    ):
        english.run(
            f"(() => {{ const field = document.getElementById('known-key'); field.value = {json.dumps(key)}; "
            "field.dispatchEvent(new Event('input')); })()"
        )
        assert answer in english.run("document.getElementById('compared').textContent")
