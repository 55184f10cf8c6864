"""Files that go along with replies: how each platform is given them, by its documents."""

from __future__ import annotations

from email import message_from_bytes
from uuid import UUID

import msgspec

from contracts.content import HandleContent
from contracts.vocabulary import HandleKind
from services.channels.domain.outbound import (
    CallResult,
    HttpCall,
    MailCall,
    OutcomeLost,
    Reply,
    ReplyFile,
    SendRefused,
    SendTarget,
    TryLater,
)
from services.channels.providers import (
    email_replies,
    instagram_replies,
    messenger_replies,
    sms_replies,
    telegram_replies,
    webhook_replies,
    whatsapp_replies,
)

LINK = "https://files.shop.example/attachments/1?expires=1&signature=x"
PICTURE = ReplyFile("map.png", "image/png", 3, data=b"png")
PAPER = ReplyFile("invoice é.pdf", "application/pdf", 3, data=b"pdf", url=LINK)
SECRETS = {
    "access_token": "t", "bot_token": "1:a", "account_sid": "AC1", "auth_token": "s",
    "signing_secret": "whsec_c2VjcmV0",
}  # fmt: skip
TARGET = SendTarget("https://api.example", "106", secrets=SECRETS)


def reply(kind: HandleKind, *files: ReplyFile, text: str = "Here it is.", html: str | None = None) -> Reply:
    return Reply(UUID(int=7), HandleContent(kind, "12345"), text, files=files, html=html)


def answer(status: int = 200, **body: object) -> CallResult:
    return CallResult(status, msgspec.json.encode(body))


def test_whatsapp_gets_the_bytes_first_and_then_the_message_that_names_them() -> None:
    call = whatsapp_replies.render(reply(HandleKind.WHATSAPP, PAPER), TARGET)
    assert call.url == "https://api.example/v23.0/106/media"
    assert (call.form, call.body) == (True, {"messaging_product": "whatsapp", "type": "application/pdf"})
    assert [(each.field, each.file) for each in call.files] == [("file", PAPER)]
    assert call.id_of_part is None, "nobody reads anything by it"
    assert call.then is not None
    message = call.then(answer(id="media-1"))
    assert isinstance(message, HttpCall)
    assert message.body["document"] == {"id": "media-1", "caption": "Here it is.", "filename": "invoice é.pdf"}
    assert isinstance(call.then(answer()), TryLater)
    refused = call.then(answer(400, error={"code": 100, "message": "Unsupported type"}))
    assert refused == SendRefused(code="100", reason="Unsupported type")


def test_messenger_and_instagram_say_the_words_first_and_then_name_the_file() -> None:
    for outlet, kind in ((messenger_replies, HandleKind.MESSENGER), (instagram_replies, HandleKind.INSTAGRAM)):
        call = outlet.render(reply(kind, PAPER), TARGET)
        assert call.body["message"]["text"] == "Here it is."
        assert call.id_of_part is not None
        assert call.id_of_part(answer(message_id="m1")) == "m1"
        assert call.then is not None
        second = call.then(answer(message_id="m1"))
        assert isinstance(second, HttpCall)
        assert second.body["message"]["attachment"] == {"type": "file", "payload": {"url": LINK}}
        assert isinstance(call.then(answer()), OutcomeLost)
        assert isinstance(call.then(answer(500)), TryLater)


def test_telegram_gets_a_picture_as_such_and_all_else_as_a_document_with_the_words_below() -> None:
    for file, method, field in ((PICTURE, "sendPhoto", "photo"), (PAPER, "sendDocument", "document")):
        call = telegram_replies.render(reply(HandleKind.TELEGRAM, file), TARGET)
        assert call.url == f"https://api.example/bot1:a/{method}"
        assert call.body == {"chat_id": "12345", "caption": "Here it is."}
        assert [each.field for each in call.files] == [field]


def test_short_messages_and_webhooks_get_links() -> None:
    sms = sms_replies.render(reply(HandleKind.PHONE, PAPER, PAPER), TARGET)
    assert sms.body["MediaUrl"] == [LINK, LINK]
    hook = webhook_replies.render(reply(HandleKind.WEB, PAPER), TARGET)
    assert hook.body["files"] == [
        {"name": "invoice é.pdf", "media_type": "application/pdf", "size_bytes": 3, "url": LINK}
    ]


def test_a_mail_in_html_with_files_is_the_same_at_every_try() -> None:
    target = SendTarget("smtp://mail.example", "care@shop.example")
    said = Reply(
        UUID(int=7), HandleContent(HandleKind.EMAIL, "sam@x.example"), "Hi", html="<p>Hi</p>", files=(PICTURE, PAPER)
    )
    first, again = (email_replies.render(said, target) for _ in range(2))
    assert isinstance(first, MailCall)
    assert first.message == again.message
    mail = message_from_bytes(first.message)
    types = [part.get_content_type() for part in mail.walk()]
    assert types == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html"),
        *("image/png", "application/pdf"),
    ]
    assert [part.get_filename() for part in mail.walk() if part.get_filename()] == ["map.png", "invoice é.pdf"]
    assert mail["Message-ID"] == first.message_id
