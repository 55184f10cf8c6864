"""Beginning a matter: what is asked, and what is answered."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import Visibility
from services.case.domain.contact_basis import ContactBasis
from services.case.graphql.inputs import KEY, CustomerRef, TemplateInput
from services.case.graphql.types.cases import Case
from services.case.graphql.types.entries import Contact
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.payloads import CASE, ERRORS, POSITION, VERSION


@strawberry.input
class FirstMessageInput:
    """What the matter begins with: either a text or a template."""

    account_id: strawberry.ID = field(description="From which account of ours.")
    handle_id: strawberry.ID = field(description="To which address of the customer.")
    text: str | None = field(default=None, description="What to say.")
    template: TemplateInput | None = field(default=None, description="Which ready text to say.")
    visibility: Visibility = field(description="Who may read along; what answers nothing never leaves in public.")


@strawberry.input
class CaseOpenInput:
    """A matter that we begin."""

    customer: CustomerRef = field(description="With whom: somebody we know.")
    subject: str | None = field(default=None, description="What it is about; null: how the message begins.")
    brand_id: strawberry.ID | None = field(default=None, description="In whose name; null: the account's brand.")
    first_message: FirstMessageInput | None = field(
        default=None, description="What it begins with; null: with nothing yet, then it needs a subject."
    )
    basis: ContactBasis = field(description="What lets us contact the customer.")
    confirm_token: str | None = field(
        default=None, description="Of the warnings that were shown, where they are meant."
    )
    idempotency_key: str = field(description=KEY)


@strawberry.type
class CaseOpenPayload:
    """The answer to `caseOpen`."""

    case: Case | None = field(default=None, description=CASE)
    contact: Contact | None = field(default=None, description="The first message, if it begins with one.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
