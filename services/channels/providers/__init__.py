"""One small file per door: what its platform signs, says and takes. Pure functions over bytes.

A new door is a module with `spec` and `parse` and its line here; one that carries replies has `render` and `interpret`.
"""

from __future__ import annotations

from contracts.vocabulary import Channel
from services.channels.domain.door import Door, Outlet
from services.channels.providers import form, whatsapp, whatsapp_replies

DOORS: dict[str, Door] = {door.spec.channel: door for door in (form, whatsapp)}
"""The ways in, by channel."""

OUTLETS: dict[str, Outlet] = {Channel.WHATSAPP: whatsapp_replies}
"""The ways out, by channel."""
