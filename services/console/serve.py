"""`eender serve`: one service, its surroundings given by the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter, validators

from contracts.configuration import ConfigurationError
from infra.configuration_file import read_configuration
from infra.settings import CONFIG, HOST, PORT, PORT_MAX, ServiceSettings, SettingsError
from services.console.failure import CommandFailed

Port = Annotated[int, Parameter(validator=validators.Number(gte=0, lte=PORT_MAX))]


def serve(
    service: Literal["case", "routing", "channels"],
    /,
    *,
    host: str | None = None,
    port: Port | None = None,
    config: Path | None = None,
) -> None:
    """Run one service in this process.

    It needs EENDER_DATABASE_URL and EENDER_NATS_URL; case and channels also EENDER_KEYS_URL and EENDER_KEK, and routing
    does better with EENDER_KEK.

    Args:
        service: Which.
        host: The address to listen on; else EENDER_HOST, else 127.0.0.1.
        port: The port to listen on; else EENDER_PORT, else 8000.
        config: The configuration file (TOML); else EENDER_CONFIG.
    """
    environment = dict(os.environ)
    for variable, value in ((HOST, host), (PORT, port), (CONFIG, config and config.absolute())):
        if value is not None:
            environment[variable] = str(value)
    try:
        settings = ServiceSettings.from_environment(environment)
        read_configuration(settings.config_path, environment)
    except (SettingsError, ConfigurationError) as error:
        raise CommandFailed(str(error)) from error
    sys.stdout.flush()
    program = [sys.executable, "-m", f"services.{service}"]
    os.execve(program[0], program, environment)  # noqa: S606  (the service takes this process over, signals and all)
