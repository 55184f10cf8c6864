"""Runs the channels service: `python -m services.channels`, told by its environment (see `infra.settings`)."""

from __future__ import annotations

import sys

from contracts.subjects import CHANNELS
from infra.serving import serve
from services.channels.app import create_app
from services.channels.domain.chat_frames import FRAME_BYTES_MAX

if __name__ == "__main__":
    sys.exit(serve(CHANNELS, create_app, ws_bytes_max=2 * FRAME_BYTES_MAX))
