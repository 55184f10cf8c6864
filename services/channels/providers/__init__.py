"""One small file per door: what its platform signs, says and takes. Pure functions over bytes.

A new door is a module with `spec` and `parse` and its line here; one that carries replies, or posts of
our own, has a module with `render` and `interpret`.
"""

from __future__ import annotations

from contracts.vocabulary import Channel
from services.channels.domain.door import Door, Outlet, Stage
from services.channels.providers import (
    chat,
    chat_replies,
    email,
    email_replies,
    facebook,
    facebook_posts,
    facebook_replies,
    feed,
    form,
    google_reviews,
    google_reviews_replies,
    instagram,
    instagram_replies,
    media,
    messenger,
    messenger_replies,
    sms,
    sms_replies,
    telegram,
    telegram_replies,
    trustpilot,
    voice,
    webhook,
    webhook_replies,
    whatsapp,
    whatsapp_replies,
    x,
    x_publications,
    x_replies,
    youtube,
)

_WAYS_IN: tuple[Door, ...] = (
    chat,
    email,
    facebook,
    feed,
    form,
    google_reviews,
    instagram,
    media,
    messenger,
    sms,
    telegram,
    trustpilot,
    voice,
    webhook,
    whatsapp,
    x,
    youtube,
)

DOORS: dict[str, Door] = {door.spec.channel: door for door in _WAYS_IN}
"""The ways in, by channel."""

OUTLETS: dict[str, Outlet] = {
    Channel.CHAT: chat_replies,
    Channel.EMAIL: email_replies,
    Channel.FACEBOOK: facebook_replies,
    Channel.GOOGLE_REVIEWS: google_reviews_replies,
    Channel.INSTAGRAM: instagram_replies,
    Channel.MESSENGER: messenger_replies,
    Channel.SMS: sms_replies,
    Channel.TELEGRAM: telegram_replies,
    Channel.WEBHOOK: webhook_replies,
    Channel.WHATSAPP: whatsapp_replies,
    Channel.X: x_replies,
}
"""The ways out, by channel."""

STAGES: dict[str, Stage] = {
    Channel.FACEBOOK: facebook_posts,
    Channel.X: x_publications,
}
"""The ways out for what answers nobody, by channel: those of `contracts.publishing`."""
