"""An answer that does not leave as it is: what the guard rails say, as a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from contracts.vocabulary import GuardVerdict, Refusal, RefusalCode
from services.case.domain.guards.draft import Finding
from services.case.domain.guards.looking import PERSONAL_DATA

_CODES: Final = {
    GuardVerdict.WARN: RefusalCode.GUARD_WARNING,
    GuardVerdict.SECOND_PERSON: RefusalCode.GUARD_SECOND_PERSON,
    GuardVerdict.BLOCK: RefusalCode.GUARD_BLOCKED,
}


class GuardRefusal(Refusal):
    """All findings of one verdict. `confirm_token`: what confirms them, where they are warnings."""

    def __init__(self, findings: Sequence[Finding], *path: str, confirm_token: str | None = None) -> None:
        first = findings[0]
        super().__init__(code_of(first), first.reason, *path)
        self.findings = tuple(findings)
        self.confirm_token = confirm_token


def code_of(finding: Finding) -> RefusalCode:
    """The code of a finding, for screens."""
    if finding.rule == PERSONAL_DATA and finding.verdict is GuardVerdict.BLOCK:
        return RefusalCode.PUBLIC_PERSONAL_DATA
    return _CODES[finding.verdict]
