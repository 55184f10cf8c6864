"""One connection to one mailbox, in a thread of its own. It only looks: nothing is marked, moved or deleted."""

from __future__ import annotations

import imaplib
import re
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from io import BufferedReader

import msgspec
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from contracts.addresses import MailServer

ANSWER_SECONDS_MAX = 30.0
BATCH_MAX = 50
BATCH_BYTES_MAX = 8 * 1024 * 1024
IDLE_SLICE_SECONDS = 1.0
SEARCHES_MAX = 3

MAILBOX_TROUBLE = (OSError, imaplib.IMAP4.error, ImapToolsError)
"""What may pass by itself: the server is away, slow, or does not want us now."""

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_INTERNALDATE = re.compile(rb'\bINTERNALDATE "([^"]{1,60})"')


class Fetched(msgspec.Struct, frozen=True):
    """One mail as the server has it. `size_bytes`: of the whole, of which `data` may be the beginning."""

    uid: int
    data: bytes
    size_bytes: int
    arrived_at: datetime | None


class ImapReader:
    """Blocking; every method but `abort` belongs to one thread. `bytes_max`: how much of one mail is fetched."""

    def __init__(self, server: MailServer, *, user: str, password: str, bytes_max: int) -> None:
        self._server = server
        self._user = server.user or user
        self._password = password
        self._bytes_max = bytes_max
        self._mailbox: BaseMailBox | None = None
        self._ended = threading.Event()

    def open(self) -> int:
        """Log in and open the folder for reading only; gives its UIDVALIDITY."""
        self._mailbox = mailbox = self._connected()
        mailbox.login(self._user, self._password, initial_folder=None)
        mailbox.folder.set(self._server.folder, readonly=True)
        _, said = mailbox.client.response("UIDVALIDITY")
        return int(said[-1]) if said and said[-1] else 0

    def uids_after(self, last_uid: int) -> list[int]:
        """The mails that came after that one, oldest first: all of those that the server has told of by then.

        What comes during a search the server tells of at its end, and then not again when IDLE begins (RFC 2177).
        """
        mailbox = self._open_mailbox()
        # A search sees what the session knows; this is how it learns of what came since.
        mailbox.client.noop()
        for _ in range(SEARCHES_MAX):
            mailbox.client.response("EXISTS")
            found = mailbox.uids(f"UID {last_uid + 1}:*", charset=None)
            if mailbox.client.response("EXISTS")[1] == [None]:
                break
        # `n:*` always names the last mail, even when it is older than n.
        return sorted(uid for uid in map(int, found) if uid > last_uid)

    def batches(self, uids: Sequence[int]) -> Iterator[list[int]]:
        """Those mails in groups that fit into memory."""
        for start in range(0, len(uids), BATCH_MAX):
            sizes = dict(self._sizes(uids[start : start + BATCH_MAX]))
            batch: list[int] = []
            total = 0
            for uid, size in sorted(sizes.items()):
                if batch and total + size > BATCH_BYTES_MAX:
                    yield batch
                    batch, total = [], 0
                batch.append(uid)
                total += size
            if batch:
                yield batch

    def fetch(self, uids: Sequence[int]) -> list[Fetched]:
        """Those mails, without the mark of having been read; one that is gone meanwhile is not among them."""
        parts = f"(UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.{self._bytes_max}>)"
        return sorted(
            (
                Fetched(uid, data, max(size, len(data)), _moment(said))
                for said, data in self._answers(uids, parts)
                if (uid := _number(_UID, said)) in uids and (size := _number(_SIZE, said)) >= 0
            ),
            key=lambda mail: mail.uid,
        )

    def wait(self, seconds: float) -> None:
        """Wait until the server tells of something, or so long: some never tell, and some connections die silently."""
        mailbox = self._open_mailbox()
        if b"IDLE" not in b" ".join(_encoded(each) for each in mailbox.client.capabilities).upper().split():
            self._ended.wait(seconds)
            return
        left = seconds
        with mailbox.idle as idle:
            left = 0.0 if _has_read_ahead(mailbox.client) else left
            while left > 0 and not self._ended.is_set() and not idle.poll(timeout=min(left, IDLE_SLICE_SECONDS)):
                left -= IDLE_SLICE_SECONDS

    def abort(self) -> None:
        """From any thread: end whatever is going on."""
        self._ended.set()
        if self._mailbox is not None:
            with suppress(OSError):
                self._mailbox.client.shutdown()

    def _connected(self) -> BaseMailBox:
        host, port = self._server.host, self._server.port
        if self._server.tls == "implicit":
            return MailBox(host, port, timeout=ANSWER_SECONDS_MAX, ssl_context=ssl.create_default_context())
        if self._server.tls == "starttls":
            return MailBoxStartTls(host, port, timeout=ANSWER_SECONDS_MAX, ssl_context=ssl.create_default_context())
        return MailBoxUnencrypted(host, port, timeout=ANSWER_SECONDS_MAX)

    def _open_mailbox(self) -> BaseMailBox:
        if self._mailbox is None or self._ended.is_set():
            raise ConnectionAbortedError
        return self._mailbox

    def _sizes(self, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
        for said, _ in self._answers(uids, "(UID RFC822.SIZE)"):
            uid = _number(_UID, said)
            if uid in uids:
                yield uid, min(max(_number(_SIZE, said), 0), self._bytes_max)

    def _answers(self, uids: Sequence[int], parts: str) -> Iterator[tuple[bytes, bytes]]:
        """What the server says of each mail, and the bytes it hands out, if any."""
        status, lines = self._open_mailbox().client.uid("FETCH", ",".join(map(str, uids)), parts)
        if status != "OK":
            raise imaplib.IMAP4.error(status)
        said, data = b"", b""
        for line in lines:
            if isinstance(line, tuple):
                said, data = line[0], line[1]
            elif isinstance(line, bytes):
                yield said + b" " + line, data
                said, data = b"", b""


def _has_read_ahead(client: imaplib.IMAP4) -> bool:
    """Whether more came together with the server's word that it waits: it tells at once of what came just before.

    By then that has been read off the socket, at which alone the library looks.
    """
    waits_s = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        return isinstance(client.file, BufferedReader) and bool(client.file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        client.sock.settimeout(waits_s)


def _number(pattern: re.Pattern[bytes], said: bytes) -> int:
    found = pattern.search(said)
    return int(found[1]) if found else -1


def _moment(said: bytes) -> datetime | None:
    found = _INTERNALDATE.search(said)
    try:
        written = datetime.strptime(found[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
    except ValueError:
        return None
    return written.astimezone(UTC) if written is not None else None


def _encoded(capability: str | bytes) -> bytes:
    return capability if isinstance(capability, bytes) else capability.encode("ascii", "replace")
