"""What a service is told by its environment: where its database, transport, keys, configuration and listeners are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

DATABASE_URL = "EENDER_DATABASE_URL"
NATS_URL = "EENDER_NATS_URL"
KEYS_URL = "EENDER_KEYS_URL"
KEK = "EENDER_KEK"
CONFIG = "EENDER_CONFIG"
HOST = "EENDER_HOST"
PORT = "EENDER_PORT"
OTLP_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACE_FILE = "EENDER_TRACE_FILE"
READY_GATE = "EENDER_READY_GATE"
FRONT_DOOR_URL = "EENDER_FRONT_DOOR_URL"
BEING_FILLED = "being filled"
"""The one reason not to be ready that whoever set READY_GATE knows about."""

HOST_DEFAULT = "127.0.0.1"
PORT_DEFAULT = 8000
PORT_MAX = 65_535

POSTGRES_SCHEMES = ("postgresql", "postgres")
NATS_SCHEMES = ("nats", "tls")
HTTP_SCHEMES = ("http", "https")


class SettingsError(ValueError):
    """A variable of the environment is missing or makes no sense. The text names it and never repeats its value."""

    def __init__(self, variable: str, complaint: str) -> None:
        super().__init__(f"{variable} {complaint}")
        self.variable = variable


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    """One service's environment, checked. URLs hold passwords, so they stay out of the repr.

    `kek_spec`: `env:NAME` or `file:PATH`, read by `infra.sealing.load_kek`. `port` 0: any free one.
    `ready_gate`: a file; as long as it exists, whoever started the service is still filling it and it is not ready.
    `front_door_url`: where desks reach the channels service, unless the configuration says.
    """

    database_url: str = field(repr=False)
    nats_url: str = field(repr=False)
    keys_url: str | None = field(default=None, repr=False)
    kek_spec: str | None = None
    config_path: str | None = None
    otlp_endpoint: str | None = field(default=None, repr=False)
    trace_file: str | None = None
    ready_gate: str | None = None
    front_door_url: str | None = None
    host: str = HOST_DEFAULT
    port: int = PORT_DEFAULT

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> ServiceSettings:
        """The settings that `env` holds. An empty variable counts as one that is not set.

        Raises:
            SettingsError: a variable is missing or malformed.
        """
        keys_url = _url(env, KEYS_URL, POSTGRES_SCHEMES)
        kek_spec = _kek_spec(env)
        if keys_url is not None and kek_spec is None:
            raise SettingsError(KEK, f"must be set where {KEYS_URL} is")
        return cls(
            database_url=_required(_url(env, DATABASE_URL, POSTGRES_SCHEMES), DATABASE_URL),
            nats_url=_required(_urls(env, NATS_URL, NATS_SCHEMES), NATS_URL),
            keys_url=keys_url,
            kek_spec=kek_spec,
            config_path=_text(env, CONFIG),
            otlp_endpoint=_url(env, OTLP_ENDPOINT, HTTP_SCHEMES),
            trace_file=_text(env, TRACE_FILE),
            ready_gate=_text(env, READY_GATE),
            front_door_url=_url(env, FRONT_DOOR_URL, HTTP_SCHEMES),
            host=_text(env, HOST) or HOST_DEFAULT,
            port=_port(env),
        )


def _text(env: Mapping[str, str], variable: str) -> str | None:
    return env.get(variable, "").strip() or None


def _required(value: str | None, variable: str) -> str:
    if value is None:
        raise SettingsError(variable, "is not set")
    return value


def _url(env: Mapping[str, str], variable: str, schemes: tuple[str, ...]) -> str | None:
    value = _text(env, variable)
    if value is not None:
        _check_url(value, variable, schemes)
    return value


def _urls(env: Mapping[str, str], variable: str, schemes: tuple[str, ...]) -> str | None:
    """Several servers of one cluster, separated by commas."""
    value = _text(env, variable)
    for each in (value or "").split(",") if value else ():
        _check_url(each.strip(), variable, schemes)
    return value


def _check_url(value: str, variable: str, schemes: tuple[str, ...]) -> None:
    wanted = " or ".join(f"{scheme}://…" for scheme in schemes)
    try:
        scheme = urlsplit(value).scheme
    except ValueError:
        raise SettingsError(variable, f"is no URL; wanted {wanted}") from None
    if scheme not in schemes:
        raise SettingsError(variable, f"must be {wanted}")


def _kek_spec(env: Mapping[str, str]) -> str | None:
    value = _text(env, KEK)
    if value is None:
        return None
    source, _, name = value.partition(":")
    if source not in {"env", "file"} or not name:
        raise SettingsError(KEK, "must be env:NAME or file:PATH, never the key itself")
    return value


def _port(env: Mapping[str, str]) -> int:
    value = _text(env, PORT)
    if value is None:
        return PORT_DEFAULT
    if not (value.isascii() and value.isdigit()) or int(value) > PORT_MAX:
        raise SettingsError(PORT, f"must be a number from 0 to {PORT_MAX}")
    return int(value)
