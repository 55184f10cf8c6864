"""Which parts of a text are somebody else's words, and which are a signature. Marked by offsets, never deleted.

Outlook, Gmail, Apple Mail, Thunderbird and their like, in Dutch, English, German, French, Spanish and Italian. When in
doubt a line is the writer's own: a quote that stays visible is a nuisance, an answer that is hidden is a loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from contracts.content import TextSpan
from contracts.vocabulary import SpanKind

LINES_MAX = 20_000
"""Below these nothing is marked: whoever writes more has pasted a file."""

ATTRIBUTION_LINES_MAX = 4
HEADER_LINES_MAX = 12
SIGNATURE_LINES_MAX = 15
LINE_LENGTH_MAX = 400

_QUOTED = re.compile(r"[ \t]{0,3}>")
_FIRST_OF_ATTRIBUTION = re.compile(
    r"[ \t\"'*_]*(?:On|Op|Am|Den|Le|El|Il|Em|W dniu|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})\b"
    r"|.{1,120}\b(?:schreef|wrote|schrieb|geschreven|a écrit|escribió|ha scritto|написал|пишет)\b"
    r"|[ \t]*[^<>\n]{0,80}<[^<>\s]+@[^<>\s]+>:?\s*$"
)
_ATTRIBUTION = re.compile(
    r"[ \t\"'*_]*(?:"
    r"(?:On|Op|Am|Den|Le|El|Il|Em)\b[^\n]*?\d[\s\S]*?(?:wrote|writes|schreef|schrieb|geschreven|a\s+écrit|escribió"
    r"|ha\s+scritto|escreveu|said)\b[\s\S]{0,120}?[:\uff1a]?"
    r"|(?:On|Op)\b[^\n]*?\d[^\n]*?<[^<>\s]+@[^<>\s]+>\s*(?:wrote|schreef)?\s*:"
    r"|[^\n]{1,100}\b(?:schreef|wrote|schrieb)\s+(?:op|on|am)\b[\s\S]{4,80}?:"
    r"|(?:Op)\b[^\n]*?\d[\s\S]*?heeft\b[\s\S]*?(?:het volgende )?geschreven\s*:"
    r"|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}[^\n]{0,20}[\s\S]{0,120}?<[^<>\s]+@[^<>\s]+>\s*:?"
    r"|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}[\s\S]{0,120}?<\s*[^<>\s]+@[^<>\s]+>\s*(?:wrote|schreef|schrieb|a écrit)?\s*:"
    r"|\d{2}\.\d{2}\.\d{4}[\s\S]{0,120}?<\s*[^<>\s]+@[^<>\s]+>\s*написал\s*:"
    r"|[^\n]{1,100}?\d{1,2}:\d{2}[^\n]{0,40}?<[^<>\s]+@[^<>\s]+>\s*:"
    r"|[^\n]{2,80}\b(?:wrote|schreef|schrieb|a écrit|написал|пишет)\s*:"
    r")[ \t*_]*"
)
_BANNER = re.compile(
    r"[ \t]*[-_*=]{2,}[ \t]*(?:Original Message|Original Appointment|Reply message|Oorspronkelijk(?:e)? bericht"
    r"|Origineel bericht|Ursprüngliche (?:Nachricht|Mail)|Original-Nachricht|Originalnachricht"
    r"|Message d['\u2019]origine|Message original|Mensaje original|Messaggio originale"
    r"|Mensagem original)[ \t]*[-_*=]*[ \t]*",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"[ \t>]*(?:[-_*]{2,}[ \t]*)?(?:Forwarded message|Begin forwarded message|Doorgestuurd bericht"
    r"|Begin doorgestuurd bericht|Weitergeleitete Nachricht|Anfang der weitergeleiteten Nachricht|Message transféré"
    r"|Début du message (?:transféré|réexpédié)|Mensaje reenviado|Messaggio inoltrato)",
    re.IGNORECASE,
)
_NAMES = (
    r"(?P<who>From|Van|Von|De|Da|Från|От)|(?P<when>Sent|Date|Verzonden|Verstuurd|Datum|Gesendet|Envoyé|Enviado|Inviato|Отправлено|Дата)"
    r"|(?P<whom>To|Aan|An|À|A|Para|Till|Кому)|(?P<about>Subject|Onderwerp|Betreff|Objet|Asunto|Oggetto|Assunto|Тема)"
    r"|Cc|Bcc|Reply-To|Importance|Priority|Prioriteit|Bijlagen|Attachments"
)
_HEADER = re.compile(rf"[ \t>]*[*_]{{0,2}}(?:{_NAMES})[ \u00a0]?:[*_]{{0,2}}(?=\s|$)")
_RULE = re.compile(r"[ \t]*(?:_{8,}|-{20,})[ \t]*")
_DASHES = re.compile(r"--[ \t]*|[ \t]*[\u2013\u2014][ \t]*")
_LIST_FOOTER = re.compile(r"_{20,}[ \t]*")
_SENT_FROM = re.compile(
    r"[ \t]*(?:Sent (?:from|with|via|using) (?:my |the |a |Mail|Outlook|Yahoo|Proton|Samsung|Sparrow|Gmail)"
    r"|(?:Verzonden|Verstuurd) (?:vanaf|vanuit|met|via) |Von meinem .{1,40} gesendet|Gesendet (?:von|mit) "
    r"|Envoyé (?:de|depuis|à partir) |Get Outlook for |Outlook (?:voor|for|für|pour) (?:iOS|Android)"
    r"|Download Outlook|Enviado desde mi|Inviato da)[^.!?\n]{0,60}\.?[ \t]*"
)
_NO_SIGNATURE = re.compile(r"[,;]")

Line = tuple[int, int, str]
"""Where a line begins and ends, and what it says."""


def spans_of(text: str, known: Iterable[TextSpan] = ()) -> tuple[TextSpan, ...]:
    """The quotes and the signature of a text, in order, none overlapping. `known`: what its markup has marked."""
    lines = _lines(text)
    if len(lines) > LINES_MAX:
        return tuple(known)
    quoted = [False] * len(lines)
    for span in known:
        for number, (start, end, _) in enumerate(lines):
            if span.start <= start and end <= span.end + 1:
                quoted[number] = True
    _mark_prefixed(lines, quoted)
    _mark_introduced(lines, quoted)
    _close_gaps(lines, quoted)
    spans = _runs(lines, quoted, SpanKind.QUOTE)
    signature = _signature(lines, quoted)
    if signature is not None:
        spans.append(TextSpan(SpanKind.SIGNATURE, lines[signature[0]][0], lines[signature[1]][1]))
    return tuple(sorted(spans, key=lambda span: span.start))


def _lines(text: str) -> list[Line]:
    found: list[Line] = []
    start = 0
    for line in text.split("\n"):
        found.append((start, start + len(line), line[:LINE_LENGTH_MAX]))
        start += len(line) + 1
    return found


def _mark_prefixed(lines: list[Line], quoted: list[bool]) -> None:
    for number, (_, _, line) in enumerate(lines):
        if _QUOTED.match(line):
            quoted[number] = True


def _mark_introduced(lines: list[Line], quoted: list[bool]) -> None:
    """Whatever a line announces as somebody's words: the block behind it, or all that follows."""
    number = 0
    while number < len(lines):
        line = lines[number][2]
        if quoted[number] or not line.strip():
            number += 1
            continue
        if _FORWARD.match(line):
            # What is passed on is what the writer wants us to read.
            return
        if _BANNER.fullmatch(line) or _is_header_block(lines, number) or _is_ruled_block(lines, number):
            if not _is_forward_above(lines, number):
                _mark(quoted, number, len(lines))
            return
        length = _attribution(lines, quoted, number)
        if length:
            behind = _next_said(lines, number + length)
            _mark(quoted, number, number + length)
            if behind is None or not quoted[behind]:
                _mark(quoted, number, len(lines))
                return
            number = behind
        number += 1


def _attribution(lines: list[Line], quoted: list[bool], number: int) -> int:
    """How many lines an "On … wrote:" that begins here takes; 0 where none does."""
    if not _FIRST_OF_ATTRIBUTION.match(lines[number][2]):
        return 0
    said = ""
    for length in range(1, ATTRIBUTION_LINES_MAX + 1):
        at = number + length - 1
        if at >= len(lines) or quoted[at] or not lines[at][2].strip():
            return 0
        said += ("\n" if said else "") + lines[at][2]
        if _ATTRIBUTION.fullmatch(said) and _introduces(lines, quoted, number, length):
            return length
    return 0


def _introduces(lines: list[Line], quoted: list[bool], number: int, length: int) -> bool:
    """An attribution ends in a colon or stands before quoted lines: "what they wrote" in a sentence does neither."""
    behind = _next_said(lines, number + length)
    if behind is not None and quoted[behind]:
        return True
    last = lines[number + length - 1][2].rstrip(" \t*_")
    whole = " ".join(line for _, _, line in lines[number : number + length])
    return last.endswith((":", "\uff1a")) and re.search(r"\d", whole) is not None


def _is_header_block(lines: list[Line], number: int) -> bool:
    """From, sent, to, subject: at least who and two of the others, within a few lines."""
    found: set[str] = set()
    first = _HEADER.match(lines[number][2])
    if first is None or first.lastgroup not in {"who", "when", "about"}:
        return False
    misses = 0
    for _, _, line in lines[number : number + HEADER_LINES_MAX]:
        header = _HEADER.match(line)
        if header is not None:
            found.add(header.lastgroup or "other")
            misses = 0
        else:
            misses += 1
            if misses > 1:
                break
    return "who" in found and len(found & {"when", "whom", "about"}) >= 2  # noqa: PLR2004  (two of the three)


def _is_ruled_block(lines: list[Line], number: int) -> bool:
    """Outlook's line of underscores above its headers."""
    if not _RULE.fullmatch(lines[number][2]):
        return False
    behind = _next_said(lines, number + 1)
    return behind is not None and _is_header_block(lines, behind)


def _is_forward_above(lines: list[Line], number: int) -> bool:
    return any(_FORWARD.match(line) for _, _, line in lines[max(0, number - 3) : number])


def _next_said(lines: list[Line], number: int) -> int | None:
    for at in range(number, len(lines)):
        if lines[at][2].strip():
            return at
    return None


def _mark(quoted: list[bool], start: int, end: int) -> None:
    quoted[start:end] = [True] * (end - start)


def _close_gaps(lines: list[Line], quoted: list[bool]) -> None:
    """Blank lines between two quoted ones belong to the quote."""
    last: int | None = None
    for number, (_, _, line) in enumerate(lines):
        if quoted[number]:
            if last is not None and not any(at[2].strip() for at in lines[last + 1 : number]):
                _mark(quoted, last + 1, number)
            last = number
        elif line.strip():
            last = None


def _signature(lines: list[Line], quoted: list[bool]) -> tuple[int, int] | None:
    """The first and last line of what stands below the writer's own words and is none of them."""
    own = [number for number, (_, _, line) in enumerate(lines) if line.strip() and not quoted[number]]
    for place, number in enumerate(own):
        line = lines[number][2]
        below = own[place:]
        is_mark = _DASHES.fullmatch(line) or _LIST_FOOTER.fullmatch(line)
        if not is_mark and not (_SENT_FROM.fullmatch(line) and not _NO_SIGNATURE.search(line)):
            continue
        together = below[-1] - number + 1 == len([at for at in range(number, below[-1] + 1) if not quoted[at]])
        if together and len(below) <= SIGNATURE_LINES_MAX and (place or not is_mark):
            return number, below[-1]
    return None


def _runs(lines: list[Line], quoted: list[bool], kind: SpanKind) -> list[TextSpan]:
    found: list[TextSpan] = []
    begun: int | None = None
    for number in range(len(lines) + 1):
        if number < len(lines) and quoted[number]:
            begun = number if begun is None else begun
        elif begun is not None:
            found.append(TextSpan(kind, lines[begun][0], lines[number - 1][1]))
            begun = None
    return found
