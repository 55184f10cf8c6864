"""Runs the channels service: `python -m services.channels`, told by its environment (see `infra.settings`)."""

from __future__ import annotations

import os
import sys

import uvicorn

from contracts.configuration import ConfigurationError
from contracts.subjects import CHANNELS
from infra import telemetry
from infra.logs import configure_logs
from infra.settings import ServiceSettings, SettingsError
from services.channels.app import create_app

STOP_SECONDS_MAX = 5


def main() -> int:
    """Serve until told to stop. 1: the environment or the configuration cannot be used."""
    configure_logs(CHANNELS)
    try:
        settings = ServiceSettings.from_environment(os.environ)
        app = create_app()
    except (SettingsError, ConfigurationError) as error:
        sys.stderr.write(f"{CHANNELS}: {error}\n")
        return 1
    telemetry.configure(CHANNELS, otlp_endpoint=settings.otlp_endpoint, trace_file=settings.trace_file)
    try:
        uvicorn.run(
            app,
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=STOP_SECONDS_MAX,
        )
    finally:
        telemetry.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
