"""Real mail servers on loopback: Dovecot with mailboxes in a temporary folder, and an SMTP server that keeps all."""

from __future__ import annotations

import asyncio
import imaplib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.debian import installed_or_skip

PASSWORD = "mailbox-password-of-a-test"
REPLY_SECRET = "reply-secret-of-a-test"
AUTHSERV_ID = "mx.shop.example"
START_WAIT_S_MAX = 20.0
DOVECOT = "/usr/sbin/dovecot"

CONFIGURATION = """
protocols = imap
base_dir = {folder}/run
log_path = {folder}/log
ssl = no
listen = 127.0.0.1
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
default_login_user = dovenull
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/home/%u
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


def dovecot_or_skip() -> str:
    """Dovecot's program, installed where that can be done; else the test is skipped and says why."""
    return installed_or_skip(lambda: DOVECOT if Path(DOVECOT).exists() else None, "dovecot-imapd")


@dataclass
class Dovecot:
    """A running server; every user has the same password."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = dovecot_or_skip()
        config = self.folder / "dovecot.conf"
        config.write_text(CONFIGURATION.format(folder=self.folder, port=self.port, password=PASSWORD))
        self.process = subprocess.Popen([program, "-F", "-c", str(config)], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + START_WAIT_S_MAX
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            self.process = None

    @contextmanager
    def mailbox(self, user: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login(user, PASSWORD)
            client.select("INBOX")
            yield client

    def deliver(self, user: str, *mails: bytes) -> None:
        """As a mail server does: into the folder, unseen."""
        with self.mailbox(user) as client:
            for mail in mails:
                status, said = client.append("INBOX", "", "", mail)
                assert status == "OK", said

    def flags(self, user: str) -> list[bytes]:
        """What is marked on each mail."""
        with self.mailbox(user) as client:
            _, said = client.fetch("1:*", "(FLAGS)")
            return [line for line in said if isinstance(line, bytes)]

    def count_anew(self, user: str) -> None:
        """What a restored or moved mailbox does: the same mails under a new UIDVALIDITY."""
        # Which is the second at which the server first sees it.
        time.sleep(1.1)
        for path in (self.folder / "mail" / user).glob("dovecot*"):
            path.unlink()


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    dovecot_or_skip()
    folder = Path(tempfile.mkdtemp(prefix="eender-dovecot-"))
    folder.chmod(0o755)
    for name in ("mail", "home"):
        (folder / name).mkdir()
        (folder / name).chmod(0o777)
    server = Dovecot(folder, free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Handed:
    """One mail as an SMTP server got it."""

    sender: str
    recipients: list[str]
    data: bytes

    @property
    def message(self) -> Message:
        return message_from_bytes(self.data)


@dataclass
class SmtpSink:
    """An SMTP server. `answers`: said in place of taking the next mails; `hang`: it never says what became of them."""

    handed: list[Handed] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    recipient_answers: list[str] = field(default_factory=list)
    hang: bool = False

    async def handle_RCPT(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content or b""
        data = content if isinstance(content, bytes) else content.encode()
        self.handed.append(Handed(envelope.mail_from or "", list(envelope.rcpt_tos), data))
        if self.hang:
            await asyncio.sleep(3600)
        return "250 2.0.0 queued"


@contextmanager
def smtp_sink() -> Iterator[tuple[SmtpSink, str]]:
    """The server and its URL."""
    sink, port = SmtpSink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


def mail(
    text: str,
    *,
    sender: str = "Sam Smit <sam@customer.example>",
    to: str = "support@shop.example",
    subject: str = "My order",
    message_id: str | None = None,
    vouched: bool = True,
    **headers: str,
) -> bytes:
    """A mail as it lies in a mailbox. `headers`: `in_reply_to="<…>"`."""
    message = EmailMessage()
    if vouched:
        message["Authentication-Results"] = (
            f"{AUTHSERV_ID}; dmarc=pass header.from={sender.rpartition('@')[2].strip('>')}"
        )
    message["From"], message["To"], message["Subject"] = sender, to, subject
    if message_id is not None:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def bounce_of(handed: Handed, *, status: str = "5.1.1") -> bytes:
    """What a mail server sends to a mail's return path (RFC 3464)."""
    boundary = "=_bounce"
    action = "failed" if status.startswith("5") else "delayed"
    return (
        f"Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.customer.example>\r\nTo: {handed.sender}\r\n"
        f"Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r\n\r\n'
        f"--{boundary}\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        f"--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.customer.example\r\n\r\n"
        f"Final-Recipient: rfc822; {handed.recipients[0]}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} no such user <{handed.recipients[0]}>\r\n"
        f"--{boundary}\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {handed.message['Message-ID']}\r\n"
        f"--{boundary}--\r\n"
    ).encode()
