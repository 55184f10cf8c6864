"""`eender verify --bundle`: what an auditor with Python does; it needs no stack, no database and no network."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from infra.bundle_check import BUNDLE_BYTES_MAX, BundleAltered, SignedByAnother, Verified, verify_bundle
from infra.checkpoints import NoteRefused, VerifierKey, parse_key
from services.console.failure import CommandFailed, CommandMisused


def check_bundle(file: Path, *, vkey: str | None, as_json: bool) -> None:
    """Check a bundle's file and say what it proves. `vkey`: the log's key as the auditor knows it.

    Raises:
        CommandFailed: it was altered, and where; it is signed by another key; or there is no such file.
        CommandMisused: `vkey` is no key.
    """
    key = None if vkey is None else _key(vkey)
    try:
        with file.open("rb") as opened:
            content = opened.read(BUNDLE_BYTES_MAX + 1)
    except OSError as error:
        raise CommandFailed(f"{file} cannot be read: {error.strerror}") from error
    try:
        verified = verify_bundle(content, key=key)
    except BundleAltered as error:
        _tell_refused(error.place, error, as_json=as_json)
        raise CommandFailed(f"{file} was altered: {error}") from error
    except SignedByAnother as error:
        _tell_refused("key", error, as_json=as_json)
        raise CommandFailed(f"{file} is not signed by the key you gave: {error}") from error
    sys.stdout.write((_json(verified, vkey) if as_json else "\n".join(_lines(verified, vkey))) + "\n")


def _key(vkey: str) -> VerifierKey:
    try:
        return parse_key(vkey)
    except NoteRefused as error:
        expected = "expected one like eender/case+24cf3960+Aep…, as GET /log/key gives it"
        raise CommandMisused(f"--key {vkey!r}: {error}; {expected}") from error


def _tell_refused(place: str, error: Exception, *, as_json: bool) -> None:
    if as_json:
        shown = {"verified": False, "place": place, "detail": str(error)}
        sys.stdout.write(msgspec.json.encode(shown).decode() + "\n")


def _lines(verified: Verified, vkey: str | None) -> list[str]:
    body, checkpoint = verified.body, verified.checkpoint
    lines = [
        f"case {body.case.number}: {len(body.facts)} facts as they were recorded",
        f"log {checkpoint.origin}: {checkpoint.size} facts, root {checkpoint.root.hex()}",
        f"signed by {body.vkey}" + (", the key you gave" if vkey is not None else ""),
    ]
    if vkey is None:
        lines.append("whose key that is, you know when you give it: --key, from elsewhere than this file")
    if verified.withheld:
        lines.append("content withheld since: fact " + ", ".join(str(version) for version in verified.withheld))
    return lines


def _json(verified: Verified, vkey: str | None) -> str:
    body, checkpoint = verified.body, verified.checkpoint
    shown = {
        "verified": True,
        "case": body.case.number,
        "facts": len(body.facts),
        "withheld": verified.withheld,
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "vkey": body.vkey,
        "key_given": vkey is not None,
    }
    return msgspec.json.encode(shown).decode()
