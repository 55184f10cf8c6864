"""What can be recorded of keeping things no longer than they are to be kept.

The topics, and the names and types of the fields, are the stored form: a change needs a new topic version.
"""

from __future__ import annotations

from datetime import date, datetime

from contracts.stored import FirstFact


class RetentionEnforced(FirstFact):
    """Of one class nothing is left that is older than `cutoff`, as far as it may go: a day's evidence.

    `expired`: how many went since the evidence before. `kept`: how many stay though they are older, for a legal hold or
    a restriction. `digest`: SHA-256 over the ids of those that went, sorted, 16 bytes each; hexadecimal. Of the
    access log: the hash of the last entry that went, on which the first one that is kept follows.
    """

    TOPIC = "retention.enforced.v1"
    retention_class: str
    day: date
    cutoff: datetime
    expired: int
    kept: int
    digest: str
