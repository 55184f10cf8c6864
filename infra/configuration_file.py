"""Where the configuration file is read; what it means is in `contracts.configuration`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from contracts.configuration import Configuration, ConfigurationError, parse_configuration


def read_configuration(path: str | Path | None, env: Mapping[str, str]) -> Configuration:
    """The configuration in that file; None: no file, everything at its default.

    Secrets written as `file:PATH` and other files that it names are sought from the configuration file's folder on.

    Raises:
        ConfigurationError: the file cannot be read, or what it says cannot be used.
    """
    if path is None:
        return Configuration()
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError("", f"the configuration {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError("", f"the configuration {file} is no UTF-8 text (byte {error.start})") from error
    read = parse_configuration(text, env, lambda place: (file.parent / place).read_text(encoding="utf-8"))
    if (documents := read.http.trusted_documents) is None:
        return read
    http = msgspec.structs.replace(read.http, trusted_documents=str(file.parent / documents))
    return msgspec.structs.replace(read, http=http)
