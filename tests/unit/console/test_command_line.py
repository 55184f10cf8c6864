"""What the command line understands, and how it says no: 1 failed, 2 misuse."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from asyncpg import UndefinedTableError

from contracts.configuration import ChannelAccount
from infra.embedded.ports import HOST
from infra.sealing import KekError
from services.console.__main__ import main
from services.console.failure import CommandFailed
from services.console.faults import in_words
from services.console.run_file import RunFile, read_running, run_file, write_run_file
from services.console.say import _account, _form, _whatsapp

COMMANDS = ("up", "serve", "token", "say", "replay", "reconcile", "report")
FORM = ChannelAccount(channel_path="form", account="website")
WHATSAPP = ChannelAccount(channel_path="whatsapp", account="waba-1", secrets={"app_secret": "s3cret"})


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test finds a stack or a setting that happens to be around."""
    monkeypatch.chdir(tmp_path)
    for variable in [name for name in os.environ if name.startswith("EENDER_")]:
        monkeypatch.delenv(variable)


def a_run(pid: int) -> RunFile:
    return RunFile(graphql="g", webhooks="w", routing="r", databases={}, nats="n", pids={"up": pid})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert f"eender {command}" in capsys.readouterr().out


def test_the_commands_are_listed_with_what_they_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out
    assert all(command in listed for command in COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        ["dance"],
        ["up", "--colour", "red"],
        ["up", "--port", "many"],
        ["up", "--port", "65534"],
        ["up", "--seed", "2"],
        ["report", "weather"],
        ["report", "trends", "--since", "2026-02-01", "--until", "2026-01-01"],
        ["serve", "kitchen"],
        ["token", "--role", "queen", "--subject", "x"],
        ["token", "--role", "lead"],
        ["token", "--role", "lead", "--subject", "x", "--ttl", "soon"],
        ["token", "--role", "lead", "--subject", "x", "--ttl", "400d"],
        ["token", "--role", "lead", "--subject", "x", "--ttl", "0h"],
        ["say", "pigeon", "x", "y"],
        ["say", "form", "x"],
        ["replay"],
        ["replay", "100001", "--version", "0"],
        ["replay", "100001", "--version", "1", "--at", "2026-11-21T20:38:00Z"],
        ["replay", "100001", "--at", "2026-11-21T20:38:00"],
        ["verify", "100001", "--bundle", "case.html"],
        ["verify", "--bundle", "case.html", "--data", "."],
        ["verify", "100001", "--key", "eender/case+24cf3960+Aep"],
        ["export", "100001"],
        ["export", "100001", "--out", "case.txt"],
        ["export", "100001", "--out", "case.html", "--readable"],
        ["export", "100001", "--out", "case.html", "--purpose", "audit"],
    ],
)
def test_misuse_is_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err


def test_a_bad_configuration_is_named_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.toml").write_text("[http]\norigins = []\n")
    assert main(["up", "--config", "bad.toml"]) == 1
    assert "http.origins: unknown key" in capsys.readouterr().err
    assert not (tmp_path / ".eender").exists()


def test_a_configuration_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--config", "nowhere.toml"]) == 1
    assert "nowhere.toml" in capsys.readouterr().err


def test_a_port_in_use_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["up", "--port", str(port - 1)]) == 1
    assert f"port {port} is in use" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["token", "--role", "lead", "--subject", "lena"], ["say", "form", "sam@example.com", "hello"]]
)
def test_without_a_running_stack_they_say_how_to_start_one(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 1
    assert "eender up --data" in capsys.readouterr().err


def test_a_database_that_is_none_is_said_and_not_traced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EENDER_DATABASE_URL", "nonsense")
    assert main(["verify"]) == 1
    assert capsys.readouterr().err.startswith("eender: the database does not do it")


def test_what_is_outside_is_told_in_words_and_our_own_faults_are_not() -> None:
    assert in_words(KekError("key-encryption key: it is another one")) == "key-encryption key: it is another one"
    assert "no database of the service" in (in_words(UndefinedTableError('relation "es.log" does not exist')) or "")
    assert in_words(ConnectionRefusedError(111, "refused")) == "refused"
    assert in_words(FileNotFoundError(2, "No such file", "lines.jsonl")) == "lines.jsonl: No such file"
    assert in_words(UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed")) is not None
    assert in_words(TimeoutError()) == "it took too long"
    assert in_words(KeyError("x")) is None


@pytest.mark.parametrize("file", ["nowhere.jsonl", "."])
def test_a_file_to_import_that_is_none_is_named_before_anything_else_is_asked_for(
    file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", file, "--account", "x/shop"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"eender: {file} cannot be read: ")
    assert "expected a file of JSON lines" in said


def test_what_can_be_read_only_once_is_not_imported(capsys: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    try:
        assert main(["import", f"/dev/fd/{reading}", "--account", "x/shop"]) == 1
    finally:
        os.close(reading)
        os.close(writing)
    assert "can be read only once; expected a file" in capsys.readouterr().err


def test_refused_lines_are_not_written_over_the_lines_that_are_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text("{}\n", encoding="utf-8")
    assert main(["import", str(file), "--account", "x/shop", "--rejects", str(tmp_path / "." / "lines.jsonl")]) == 1
    assert "is the file itself" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "{}\n"


def test_a_configuration_that_cannot_be_read_is_named_once_and_without_a_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", "--config", "nowhere.toml"]) == 1
    assert capsys.readouterr().err.endswith(" nowhere.toml cannot be read: No such file or directory\n")
    (tmp_path / "latin.toml").write_bytes(b'region = "NL" # caf\xe9\n')
    assert main(["up", "--config", "latin.toml"]) == 1
    assert capsys.readouterr().err == "eender: the configuration latin.toml is no UTF-8 text (byte 19)\n"


def test_serve_names_what_its_environment_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "case"]) == 1
    assert "EENDER_DATABASE_URL" in capsys.readouterr().err


def test_the_run_file_is_for_its_owner_only_and_knows_who_lives(tmp_path: Path) -> None:
    write_run_file(tmp_path, a_run(os.getpid()))
    assert stat.S_IMODE(run_file(tmp_path).stat().st_mode) == 0o600
    assert read_running(tmp_path).graphql == "g"
    write_run_file(tmp_path, a_run(2**22 + 1))
    with pytest.raises(CommandFailed, match="no stack is running"):
        read_running(tmp_path)


@pytest.mark.parametrize(("sender", "key"), [("sam@example.com", "email"), ("+31 6 12345678", "phone")])
def test_a_form_is_signed_by_its_sender_as_the_sender_looks(sender: str, key: str) -> None:
    body, headers = _form(FORM, sender, "where is it?", "Sam")
    assert json.loads(body) == {key: sender, "message": "where is it?", "name": "Sam"}
    assert headers["Idempotency-Key"] != _form(FORM, sender, "where is it?", None)[1]["Idempotency-Key"]


def test_a_whatsapp_message_is_signed_over_its_bytes() -> None:
    body, headers = _whatsapp(WHATSAPP, "+31 6-1234 5678", "hoi", None)
    assert headers["X-Hub-Signature-256"] == f"sha256={hmac.new(b's3cret', body, hashlib.sha256).hexdigest()}"
    value = json.loads(body)["entry"][0]["changes"][0]["value"]
    assert value["contacts"][0]["wa_id"] == value["messages"][0]["from"] == "31612345678"
    assert value["messages"][0]["text"] == {"body": "hoi"}
    assert value["messages"][0]["timestamp"].isdigit()


def test_a_whatsapp_sender_is_a_number() -> None:
    with pytest.raises(CommandFailed, match="no phone number"):
        _whatsapp(WHATSAPP, "sam@example.com", "hoi", None)


def test_the_first_account_of_the_channel_is_taken_unless_one_is_named() -> None:
    accounts = (FORM, WHATSAPP, ChannelAccount(channel_path="whatsapp", account="waba-2", secrets={"app_secret": "x"}))
    assert _account(accounts, WHATSAPP.channel, None).account == "waba-1"
    assert _account(accounts, WHATSAPP.channel, "waba-2").account == "waba-2"
    with pytest.raises(CommandFailed, match=r"whatsapp/waba-3 .* one of form/.*, whatsapp/waba-1, "):
        _account(accounts, WHATSAPP.channel, "waba-3")
    with pytest.raises(CommandFailed, match="there is none yet"):
        _account((), WHATSAPP.channel, None)


def test_a_token_lives_eight_hours_unless_told() -> None:
    from services.console.issue_token import token  # noqa: PLC0415

    assert token.__kwdefaults__ is not None
    assert token.__kwdefaults__["ttl"] == timedelta(hours=8)
