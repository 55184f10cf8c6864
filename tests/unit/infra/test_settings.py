"""A service that is told something wrong says which variable, and never what stood in it."""

from __future__ import annotations

import pytest

from infra.settings import ServiceSettings, SettingsError

WHOLE = {
    "EENDER_DATABASE_URL": "postgresql://case:hunter2@db.example/case",
    "EENDER_NATS_URL": "nats://bus.example:4222",
    "EENDER_KEYS_URL": "postgresql://case:hunter2@db.example/keys",
    "EENDER_KEK": "file:/run/secrets/kek",
    "EENDER_CONFIG": "shop.toml",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example:4318",
    "EENDER_TRACE_FILE": "spans.jsonl",
    "EENDER_HOST": "0.0.0.0",  # noqa: S104  (an example)
    "EENDER_PORT": "8001",
}
LEAST = {key: WHOLE[key] for key in ("EENDER_DATABASE_URL", "EENDER_NATS_URL")}


def test_everything_that_is_said_is_read() -> None:
    settings = ServiceSettings.from_environment(WHOLE)
    assert settings.database_url == WHOLE["EENDER_DATABASE_URL"]
    assert settings.nats_url == WHOLE["EENDER_NATS_URL"]
    assert settings.keys_url == WHOLE["EENDER_KEYS_URL"]
    assert settings.kek_spec == "file:/run/secrets/kek"
    assert settings.config_path == "shop.toml"
    assert settings.otlp_endpoint == WHOLE["OTEL_EXPORTER_OTLP_ENDPOINT"]
    assert settings.trace_file == "spans.jsonl"
    assert (settings.host, settings.port) == ("0.0.0.0", 8001)  # noqa: S104  (an example)


def test_what_is_not_said_has_a_safe_default() -> None:
    settings = ServiceSettings.from_environment(LEAST)
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.keys_url is None
    assert settings.otlp_endpoint is None


def test_an_empty_variable_counts_as_none() -> None:
    assert ServiceSettings.from_environment(LEAST | {"EENDER_KEYS_URL": " ", "EENDER_PORT": ""}).keys_url is None


def test_several_servers_of_one_cluster_are_one_transport() -> None:
    cluster = "nats://one.example:4222,tls://two.example:4222"
    assert ServiceSettings.from_environment(LEAST | {"EENDER_NATS_URL": cluster}).nats_url == cluster


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("EENDER_DATABASE_URL", ""),
        ("EENDER_DATABASE_URL", "mysql://hunter2"),
        ("EENDER_DATABASE_URL", "postgresql://[hunter2"),
        ("EENDER_NATS_URL", ""),
        ("EENDER_NATS_URL", "nats://one.example,http://hunter2"),
        ("EENDER_KEYS_URL", "hunter2"),
        ("EENDER_KEK", "hunter2"),
        ("EENDER_KEK", "env:"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector.example:4318/hunter2"),
        ("EENDER_PORT", "http"),
        ("EENDER_PORT", "-1"),
        ("EENDER_PORT", "65536"),
        ("EENDER_PORT", "²"),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_kept_quiet(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        ServiceSettings.from_environment(WHOLE | {variable: value})
    assert refused.value.variable == variable
    assert variable in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_keys_without_what_wraps_them_are_refused() -> None:
    with pytest.raises(SettingsError, match="EENDER_KEK must be set where EENDER_KEYS_URL is"):
        ServiceSettings.from_environment({**WHOLE, "EENDER_KEK": ""})


def test_passwords_stay_out_of_the_repr() -> None:
    assert "hunter2" not in repr(ServiceSettings.from_environment(WHOLE))
