"""What a log says of itself, signed: C2SP tlog-checkpoint in a signed note, with one Ed25519 signature.

The text is three lines: origin, number of leaves, root in base64; an empty line; and the line of the signature,
`— <origin> <base64>`, over the text with its last newline. The key's id, which the signature and the verifier key begin
with, is the first 4 bytes of SHA-256 over origin, newline, 0x01 and the public key. Only the one way of writing a note
is taken: one that was altered anywhere, if only in the unused bits of its base64, does not open.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from infra.merkle import HASH_BYTES

NOTE_CHARACTERS_MAX = 4096
KEY_ID_BYTES = 4
PUBLIC_BYTES = 32
_ALGORITHM = b"\x01"
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class NoteRefused(Exception):  # noqa: N818
    """A note, or a key, is not what it has to be; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: `size` leaves under `root`. `origin`: which log."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whose signature a checkpoint must bear. `public`: 32 bytes."""

    origin: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Its four bytes."""
        return sha256(self.origin.encode() + b"\n" + _ALGORITHM + self.public).digest()[:KEY_ID_BYTES]

    def text(self) -> str:
        """As witnesses and other tools take it (C2SP signed-note, `vkey`)."""
        return f"{self.origin}+{self.key_id.hex()}+{_base64(_ALGORITHM + self.public)}"


def parse_key(text: str) -> VerifierKey:
    """The key that `VerifierKey.text` gave.

    Raises:
        NoteRefused: it is none.
    """
    origin, _, rest = text.strip().partition("+")
    try:
        coded = _bytes(rest.partition("+")[2])
    except NoteRefused:
        coded = b""
    key = VerifierKey(origin, coded[1:])
    if len(coded) != 1 + PUBLIC_BYTES or key.text() != text.strip():
        raise NoteRefused("this is no Ed25519 verifier key")
    return key


def sign(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> str:
    """The signed note."""
    key = VerifierKey(checkpoint.origin, private.public_key().public_bytes_raw())
    return _note(checkpoint, key.key_id + private.sign(checkpoint.text().encode()))


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """What the note says, once its signature was checked.

    Raises:
        NoteRefused: it is no checkpoint, of another log, or not signed by that key.
    """
    checkpoint, signature = _parsed(note)
    if checkpoint.origin != key.origin:
        raise NoteRefused(f"the checkpoint is of {checkpoint.origin!r}, not of {key.origin!r}")
    if signature[:KEY_ID_BYTES] != key.key_id:
        raise NoteRefused("the checkpoint is signed by another key")
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature[KEY_ID_BYTES:], checkpoint.text().encode())
    except (InvalidSignature, ValueError):
        raise NoteRefused("the signature is not of this text") from None
    return checkpoint


def _parsed(note: str) -> tuple[Checkpoint, bytes]:
    lines = note[:NOTE_CHARACTERS_MAX].split("\n")
    if len(lines) != 6 or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004  (three, an empty one, the signature, the end)
        raise NoteRefused("this is no signed checkpoint")
    checkpoint = Checkpoint(lines[0], int(lines[1]), _bytes(lines[2]))
    signature = _bytes(lines[4].rpartition(" ")[2])
    if len(checkpoint.root) != HASH_BYTES or _note(checkpoint, signature) != note:
        raise NoteRefused("this is no signed checkpoint")
    return checkpoint, signature


def _note(checkpoint: Checkpoint, signature: bytes) -> str:
    return f"{checkpoint.text()}\n\N{EM DASH} {checkpoint.origin} {_base64(signature)}\n"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteRefused("this is no base64") from None
