"""Where an account's platform is."""

from __future__ import annotations

import pytest

from contracts.addresses import MailServer, address_complaint, mail_server
from contracts.installation import ChannelAccount
from contracts.vocabulary import Channel


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("imaps://imap.shop.example", MailServer("imap", "imap.shop.example", 993, "implicit")),
        ("imap+starttls://h:1143/Archive%2FNew", MailServer("imap", "h", 1143, "starttls", None, "Archive/New")),
        ("imap://127.0.0.1:143/", MailServer("imap", "127.0.0.1", 143, "none")),
        ("smtps://me%40shop.example@h", MailServer("smtp", "h", 465, "implicit", "me@shop.example")),
        ("smtp+starttls://h", MailServer("smtp", "h", 587, "starttls")),
        ("smtp://localhost:2525", MailServer("smtp", "localhost", 2525, "none")),
    ],
)
def test_a_url_names_a_mail_server(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    ["imap://imap.shop.example", "smtp://10.0.0.1", "http://h", "imaps://", "imaps://u:p@h", "imaps://h?x=1", "x"],
)
def test_what_names_none_or_would_be_told_a_password_for_all_to_read_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        mail_server(url)


@pytest.mark.parametrize(
    ("account", "key"),
    [
        (ChannelAccount("email", "support@shop.example", mailbox="imaps://h", api_base="smtps://h"), None),
        (ChannelAccount("email", "support@shop.example", mailbox="imaps://h"), None),
        (ChannelAccount("email", "support@shop.example"), "mailbox"),
        (ChannelAccount("email", "support", mailbox="imaps://h"), "account"),
        (ChannelAccount("email", "support@shop.example", mailbox="smtps://h"), "mailbox"),
        (ChannelAccount("email", "support@shop.example", mailbox="imaps://h", api_base="https://h"), "api_base"),
        (ChannelAccount("form", "website", mailbox="imaps://h"), "mailbox"),
        (ChannelAccount("feed", "news", feed_url="https://news.example/feed?format=rss"), None),
        (ChannelAccount("feed", "news", feed_url="ftp://news.example/"), "feed_url"),
        (ChannelAccount("feed", "news", feed_url="https://user:secret@news.example/"), "feed_url"),
        (ChannelAccount("feed", "news", feed_may_be_local=True), "feed_url"),
        (ChannelAccount("form", "website", feed_url="https://news.example/"), "feed_url"),
        (ChannelAccount("form", "website", authserv_id="h"), "authserv_id"),
        (ChannelAccount("form", "website", api_base="smtps://h"), "api_base"),
    ],
)
def test_an_accounts_addresses_are_checked_by_its_channel(account: ChannelAccount, key: str | None) -> None:
    complaint = address_complaint(Channel.from_path(account.channel_path) or Channel.FORM, account)
    assert (complaint[0] if complaint else None) == key
