"""Runs the channels service: `python -m services.channels`, told by its environment (see `infra.settings`)."""

from __future__ import annotations

import sys

from contracts.subjects import CHANNELS
from infra.serving import serve
from services.channels.app import create_app

if __name__ == "__main__":
    sys.exit(serve(CHANNELS, create_app))
