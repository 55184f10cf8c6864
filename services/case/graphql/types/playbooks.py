"""How the house wants situations to be handled, and what texts tell by their form."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import DetailKind


@strawberry.type
class Playbook:
    """What the house wants in a situation: a help for those who work on a case, and never more than that."""

    situation: str = field(description="Which situation, in words of the configuration.")
    answer: str | None = field(description="How it is answered.")
    tone: str | None = field(description="In which tone.")
    action: str | None = field(description="What is done about it.")
    template: str | None = field(
        description="The name of a template to answer by; `ChannelAccount.templates` has its texts."
    )
    needs: list[DetailKind] = field(description="What is to be known before the customer can be helped.")


@strawberry.type
class Detail:
    """Something that a text tells, recognised by its form alone: nobody looked whether it exists."""

    kind: DetailKind = field(description="What it is.")
    value: str = field(description="In its normal form: capitals, small letters of an address, E.164, `1234 AB`.")
