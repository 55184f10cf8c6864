"""Which secrets an account of each channel has, by the names they have in the configuration."""

from __future__ import annotations

from contracts.vocabulary import Channel

REFRESHING = ("refresh_token", "client_id", "client_secret")
"""By which an access token is renewed that ends."""

META = (("app_secret",), ("verify_token", "access_token"))
SECRETS: dict[Channel, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Channel.WHATSAPP: META,
    Channel.MESSENGER: META,
    Channel.FACEBOOK: META,
    Channel.INSTAGRAM: META,
    Channel.X: (("consumer_secret",), ("access_token", "webhook_id", "bearer_token")),
    Channel.TELEGRAM: (("secret_token",), ("bot_token",)),
    Channel.SMS: (("auth_token",), ("account_sid", "public_url")),
    Channel.VOICE: ((), ("auth_token", "authorization", "account_sid", "public_url")),
    Channel.WEBHOOK: (("signing_secret",), ()),
    Channel.MEDIA: ((), ("signing_secret", "authorization")),
    Channel.CHAT: (("widget_key",), ("identity_secret",)),
    Channel.FORM: ((), ()),
    Channel.TRUSTPILOT: (("authorization",), ()),
    Channel.GOOGLE_REVIEWS: ((), ("access_token", *REFRESHING, "token_url")),
    Channel.YOUTUBE: (("api_key",), ()),
    Channel.FEED: ((), ("hub_secret", "verify_token", "public_url")),
    Channel.EMAIL: (("password",), ("smtp_password", "reply_secret")),
}
"""Per channel, the secrets an account needs to receive and those it may have besides; others may have any."""

EITHER: dict[Channel, tuple[tuple[str, ...], ...]] = {
    Channel.GOOGLE_REVIEWS: (("access_token",), REFRESHING),
    Channel.VOICE: (("auth_token",), ("authorization",)),
    Channel.MEDIA: (("signing_secret",), ("authorization",)),
}
"""Per channel, sets of secrets of which an account needs one whole."""
