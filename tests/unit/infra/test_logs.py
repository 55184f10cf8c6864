"""A log line is JSON, tied to its trace, and nobody's data gets into it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from infra import attributes, telemetry
from infra.event_store import UnknownTopic
from infra.logs import VALUE_LENGTH_MAX, configure_logs, log


@pytest.fixture(autouse=True)
def logging_left_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(autouse=True)
def configured(logging_left_as_it_was: None, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("case")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [json.loads(line) for line in captured.err.splitlines()]


def test_a_line_says_what_who_and_when(capsys: pytest.CaptureFixture[str]) -> None:
    log("relay").info("the relay caught up", origin="case", position=7)
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "the relay caught up",
        "level": "info",
        "logger": "eender.relay",
        "origin": "case",
        "position": 7,
        "service": "case",
    }


def test_a_line_belongs_to_its_trace(capsys: pytest.CaptureFixture[str]) -> None:
    with telemetry.span(attributes.COMMAND):
        ids = telemetry.current_trace_ids()
        log("relay").info("inside")
    (line,) = lines(capsys)
    assert (line["trace_id"], line["span_id"]) == ids


def test_a_key_that_is_not_named_is_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    log("relay").warning("something odd", name="Jannie", text="hello", phone="+31612345678", position=7)
    (line,) = lines(capsys)
    assert line["position"] == 7
    assert not {"name", "text", "phone"} & line.keys()


def test_a_long_value_is_cut_and_a_nested_one_is_flat(capsys: pytest.CaptureFixture[str]) -> None:
    log("relay").warning("something long", result="x" * 1_000, reason=["y"] * 1_000)
    (line,) = lines(capsys)
    assert len(line["result"]) == VALUE_LENGTH_MAX
    assert isinstance(line["reason"], str)


def test_an_exception_is_told_by_class_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        int("Jannie +31612345678")
    except ValueError:
        log("consumer").exception("a handler failed", handler="attach_contact_on_contact_received")
    text = capsys.readouterr().err
    line = json.loads(text)
    assert line["error_class"] == "ValueError"
    assert line["error_at"].startswith("infra/test_logs.py:")
    assert line["error_at"].endswith(" test_an_exception_is_told_by_class_and_place")
    assert "Jannie" not in text


def test_an_exception_about_a_stored_fact_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    stream_id = UUID(int=7)
    log("consumer").error("a handler failed", exc_info=UnknownTopic(stream_id, 3, "case.opened.v9"))
    (line,) = lines(capsys)
    assert (line["stream_id"], line["stream_version"], line["topic"]) == (str(stream_id), 3, "case.opened.v9")
    assert line["error_class"] == "UnknownTopic"


def test_libraries_are_heard_from_warning_on_without_their_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("uvicorn.error", "nats", "asyncpg"):
        logging.getLogger(name).info("chatter")
        logging.getLogger(name).warning("value %s is odd\nand more", "+31612345678")
    found = lines(capsys)
    assert [line["logger"] for line in found] == ["uvicorn.error", "nats", "asyncpg"]
    assert {line["event"] for line in found} == {"value %s is odd"}


def test_an_access_line_with_its_url_is_never_written(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("uvicorn.access").info('%s - "%s"', "127.0.0.1", "GET /secret")
    assert lines(capsys) == []


async def test_a_task_that_failed_unseen_is_told_by_class(capsys: pytest.CaptureFixture[str]) -> None:
    error = ValueError("Jannie +31612345678")
    context = {"message": "Task exception was never retrieved", "exception": error, "task": "Jannie"}
    asyncio.get_running_loop().default_exception_handler(context)
    text = capsys.readouterr().err
    assert json.loads(text)["error_class"] == "ValueError"
    assert "Jannie" not in text


def test_debug_is_silent_unless_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    log("relay").debug("quiet")
    assert lines(capsys) == []
    configure_logs("case", logging.DEBUG)
    log("relay").debug("loud")
    assert [line["event"] for line in lines(capsys)] == ["loud"]


def test_a_line_that_cannot_be_written_is_not_shown_raw(capsys: pytest.CaptureFixture[str]) -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError("Jannie")

    log("relay").info("odd", reason=Odd())
    (line,) = lines(capsys)
    assert line == {"event": "a log line could not be written", "level": "error"}
