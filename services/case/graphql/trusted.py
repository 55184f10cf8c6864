"""Trusted documents: those that our own clients were built with, known by an id, so that nobody sends them again.

The file is what `graphql-codegen` (persisted documents) and Relay's compiler write: one JSON object, ids as names and
documents as values. An id that says `sha256:` is checked; others (Relay's MD5, codegen's SHA-1) are taken as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import orjson

from contracts.configuration import ConfigurationError
from services.case.graphql.documents import parsed

KEY = "http.trusted_documents"
SHA256 = "sha256:"
FILE_BYTES_MAX = 16 * 1024 * 1024


def read_trusted(path: str | Path | None) -> Mapping[str, str]:
    """The documents of a file by id; none without a file.

    Raises:
        ConfigurationError: the file cannot be read, is no such file, or holds a document that is none or another one.
    """
    if path is None:
        return {}
    file = Path(path)
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            raise ConfigurationError(KEY, f"the file {file} is larger than {FILE_BYTES_MAX} bytes")
        written = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ConfigurationError(KEY, f"the file {file} cannot be read: {type(error).__name__}") from None
    if not isinstance(written, dict) or not all(isinstance(text, str) for text in written.values()):
        raise ConfigurationError(KEY, "expected one JSON object: ids as names, documents as values")
    for name, text in written.items():
        _check(name, text)
    return written


def _check(name: str, text: str) -> None:
    digest = hashlib.sha256(text.encode()).hexdigest()
    if name.startswith(SHA256) and name != SHA256 + digest:
        raise ConfigurationError(KEY, f"the document under {name[:80]!r} has another SHA-256")
    try:
        parsed(text)
    except Exception as error:  # noqa: BLE001  (whatever the parser raises, the document is none)
        raise ConfigurationError(KEY, f"the document under {name[:80]!r} is none: {type(error).__name__}") from None


def known(documents: Mapping[str, str], document_id: str) -> str | None:
    """The document of that id, with or without `sha256:` before it; None where it is not known."""
    found = documents.get(document_id)
    if found is None and document_id.startswith(SHA256):
        found = documents.get(document_id.removeprefix(SHA256))
    return found if found is not None else documents.get(SHA256 + document_id)
