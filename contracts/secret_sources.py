"""Secrets of the configuration file: written there, or named there and kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from contracts.configuration_error import ConfigurationError


def resolved(
    secrets: Mapping[str, str], key: str, env: Mapping[str, str], read_file: Callable[[str], str]
) -> dict[str, str]:
    """Secrets of an account, those from elsewhere fetched.

    Raises:
        ConfigurationError: as `secret_of` does.
    """
    return {name: secret_of(value, f"{key}.{name}", env, read_file) for name, value in sorted(secrets.items())}


def secret_of(written: str, key: str, env: Mapping[str, str], read_file: Callable[[str], str]) -> str:
    """A secret as written, or what `env:NAME` or `file:PATH` hold.

    Raises:
        ConfigurationError: at `key`; it is not there, or empty.
    """
    source, _, place = written.partition(":")
    if source == "env":
        secret = env.get(place, "")
        missing = f"the environment variable {place} is not set"
    elif source == "file":
        try:
            secret = read_file(place).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(key, f"the file {place} cannot be read: {type(error).__name__}") from None
        missing = f"the file {place} is empty"
    else:
        return written
    if not secret:
        raise ConfigurationError(key, missing)
    return secret
