"""What a mail says, as MIME has it: its text, the same in HTML, and the files that go along. The same at every try."""

from __future__ import annotations

from email.charset import QP, Charset
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

from services.channels.domain.outbound import Reply, ReplyFile


def written(reply: Reply) -> Message:
    """The mail without its headers. Where it is set in HTML, the text stands first: for whoever reads no HTML."""
    said: Message = _text(reply.text, "plain")
    if reply.html is not None:
        said = _joined("alternative", reply, said, _text(reply.html, "html"))
    return _joined("mixed", reply, said, *map(_file, reply.files)) if reply.files else said


def _text(text: str, kind: str) -> Message:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return MIMEText(text if text.endswith("\n") else text + "\n", kind, charset)  # type: ignore[arg-type]  # typeshed wants a name; the library takes both


def _joined(kind: str, reply: Reply, *parts: Message) -> Message:
    """A boundary that no part can hold: quoted-printable writes its "=" otherwise, base64 never begins with it."""
    return MIMEMultipart(kind, boundary=f"=_{kind}_{reply.contact_id.hex}", _subparts=parts)


def _file(file: ReplyFile) -> Message:
    _, _, subtype = file.media_type.partition("/")
    part = MIMEApplication(file.data, subtype or "octet-stream")
    part.replace_header("Content-Type", file.media_type)
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", file.name))
    return part
