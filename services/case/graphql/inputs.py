"""What clients send: look-ups, filters, orders, and one input per mutation."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import (
    BudgetPeriod,
    CaseStatus,
    Channel,
    Direction,
    GestureKind,
    HandleKind,
    Presence,
    Priority,
    ResolutionOutcome,
    Visibility,
)
from services.case.graphql.enums import OrderDirection, ReferenceKind
from services.case.graphql.scalars import Amount, CurrencyCode, Instant, LanguageTag
from services.case.graphql.types.money import MoneyInput
from services.case.queries.case_list import CaseOrderField

KEY = "Made up by the client, once per intention: a repetition under the same key gets the first answer."
EXPECTED = "Refuse when the record is at another version; null: append anyway."


@strawberry.input
class HandleInput:
    """An address as somebody typed it."""

    kind: HandleKind = field(description="What kind of address.")
    value: str = field(description="The address.")


@strawberry.input
class ExternalIdInput:
    """What another system calls a customer."""

    system: str = field(description="The system's name.")
    value: str = field(description="The id there.")


@strawberry.input(one_of=True)
class CustomerBy:
    """How to find a customer: exactly one of these."""

    id: strawberry.ID | None = field(default=strawberry.UNSET, description="By id.")
    handle: HandleInput | None = field(default=strawberry.UNSET, description="By an address.")
    external_id: ExternalIdInput | None = field(default=strawberry.UNSET, description="By what a system calls them.")


@strawberry.input(one_of=True)
class CaseBy:
    """How to find a case: exactly one of these."""

    id: strawberry.ID | None = field(default=strawberry.UNSET, description="By id.")
    number: str | None = field(default=strawberry.UNSET, description="By the number people call it by.")


@strawberry.input
class CaseStatusFilter:
    """Which statuses."""

    in_: list[CaseStatus] | None = field(default=None, name="in", description="One of these.")


@strawberry.input
class CaseWhere:
    """Which cases: everything that is given must hold."""

    status: CaseStatusFilter | None = field(default=None, description="By status.")
    assignee_id: strawberry.ID | None = field(default=None, description="Of this agent.")
    assigned: bool | None = field(default=None, description="Whether anybody has it.")
    team_id: strawberry.ID | None = field(default=None, description="Of this team.")
    brand_id: strawberry.ID | None = field(default=None, description="Of this brand.")
    customer_id: strawberry.ID | None = field(
        default=None, description="Of this customer, and of who was merged into it."
    )
    channel: Channel | None = field(default=None, description="With a contact on this channel.")
    tag: str | None = field(default=None, description="Filed under this word.")
    incident_id: strawberry.ID | None = field(default=None, description="Of this incident.")
    priority: Priority | None = field(default=None, description="Of this priority.")
    unread: bool | None = field(default=None, description="Whether something in it is new.")
    held_for_id: strawberry.ID | None = field(default=None, description="Held for this agent, since nobody has it yet.")
    due_before: Instant | None = field(default=None, description="Due before this moment.")
    opened_after: Instant | None = field(default=None, description="Opened after this moment.")
    and_: list[CaseWhere] | None = field(default=None, name="and", description="All of these too.")
    or_: list[CaseWhere] | None = field(default=None, name="or", description="And at least one of these.")


@strawberry.input
class CaseOrder:
    """In which order."""

    field: CaseOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(description="Which end first.")


@strawberry.input
class TemplateInput:
    """A text that is ready to be sent, and what to fill in."""

    name: str = field(description="As `ChannelAccount.templates` names it.")
    language: LanguageTag = field(description="In which language.")
    parameters: list[str] = field(description="What stands in its places, in order.")


@strawberry.input
class CaseReplyInput:
    """An answer to the customer, on a channel the customer came in on."""

    case_id: strawberry.ID = field(description="The case.")
    text: str | None = field(default=None, description="What to say; a template instead: null.")
    html: str | None = field(
        default=None,
        description="What to say, set in HTML, where `acceptsHtml`; its words are made from it and stand for `text`.",
    )
    template: TemplateInput | None = field(default=None, description="Which ready text to say.")
    attachment_ids: list[strawberry.ID] | None = field(
        default=None, description="Files that go along: brought by `attachmentUpload`, READY, each with one answer."
    )
    channel: Channel | None = field(default=None, description="By which channel; null: that of the latest contact.")
    account_id: strawberry.ID | None = field(default=None, description="From which account of ours.")
    handle_id: strawberry.ID | None = field(default=None, description="To which address of the customer.")
    visibility: Visibility | None = field(default=None, description="Who may read along.")
    in_reply_to: strawberry.ID | None = field(default=None, description="The contact this answers.")
    confirm_token: str | None = field(
        default=None, description="Of the warnings that were shown, where they are meant."
    )
    answer_by: Instant | None = field(
        default=None, description="It only says that we heard: the answer is promised by then, as a commitment."
    )
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class CaseNoteAddInput:
    """What colleagues need to know."""

    case_id: strawberry.ID = field(description="The case.")
    text: str = field(description="The note.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class CaseResolveInput:
    """The matter is settled."""

    case_id: strawberry.ID = field(description="The case.")
    outcome: ResolutionOutcome | None = field(default=None, description="How it ended; null: SOLVED.")
    cause: str | None = field(default=None, description="What caused the matter: a code of the configuration.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input(one_of=True)
class CustomerRef:
    """Which customer: exactly one of these."""

    id: strawberry.ID | None = field(default=strawberry.UNSET, description="By id.")
    handle: HandleInput | None = field(
        default=strawberry.UNSET, description="By an address; somebody new where nobody has it."
    )


@strawberry.input
class ContactRecordInput:
    """A contact that no channel brought in: a call, a visit, a letter."""

    customer: CustomerRef = field(description="Whose contact it is.")
    channel: Channel = field(description="How they were in touch.")
    direction: Direction = field(description="To us or from us.")
    text: str = field(description="What was said.")
    occurred_at: Instant | None = field(default=None, description="When; null: now.")
    case_id: strawberry.ID | None = field(default=None, description="In which case; null: where it belongs.")
    new_case: bool | None = field(default=None, description="Whether it opens a new case.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class ReferenceInput:
    """What a gesture refers to."""

    kind: ReferenceKind = field(description="What sort of thing.")
    value: str = field(description="Its number.")


@strawberry.input
class GestureGiveInput:
    """Something for the customer, out of the resolution budget."""

    case_id: strawberry.ID = field(description="The case.")
    kind: GestureKind = field(description="What is given.")
    amount: MoneyInput = field(description="What it costs.")
    reason: str = field(description="Why: a code of the configuration.")
    note: str | None = field(default=None, description="Why, in words, for colleagues.")
    reference: ReferenceInput | None = field(default=None, description="What it refers to.")
    idempotency_key: str = field(description=KEY)
    expected_version: int | None = field(default=None, description=EXPECTED)


@strawberry.input
class GestureApproveInput:
    """Yes to a gesture above what its agent may give alone."""

    gesture_id: strawberry.ID = field(description="The gesture.")
    amount: MoneyInput | None = field(
        default=None, description="Less than was asked; null: as much, or as the first of two approvers said."
    )
    idempotency_key: str = field(description=KEY)


@strawberry.input
class GestureDeclineInput:
    """No to a gesture above what its agent may give alone."""

    gesture_id: strawberry.ID = field(description="The gesture.")
    reason: str = field(description="Why, in words, for the agent who asked.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class CustomerHandleAddInput:
    """Another address by which a customer is known."""

    customer_id: strawberry.ID = field(description="The customer.")
    kind: HandleKind = field(description="What kind of address.")
    value: str = field(description="The address.")
    idempotency_key: str = field(description=KEY)


@strawberry.input
class AgentPresenceSetInput:
    """Whether an agent takes new cases now."""

    presence: Presence = field(description="Here, away or gone.")
    until: Instant | None = field(default=None, description="When to take it back; null: until changed.")
    agent_id: strawberry.ID | None = field(default=None, description="Whose; null: the viewer's. Leads set anybody's.")
    hand_over: bool | None = field(
        default=None,
        description="The agent does not come back to the open cases, as one who fell ill: others get them.",
    )
    idempotency_key: str | None = field(default=None, description=KEY)


@strawberry.input
class BudgetInput:
    """A budget as it is to be, per period."""

    amount: Amount = field(description="What may be spent in a period.")
    currency_code: CurrencyCode = field(description="ISO 4217.")
    period: BudgetPeriod = field(description="The calendar period; weeks begin on Monday.")
    item_limit: Amount = field(description="The most that one gesture may cost without an approval.")


@strawberry.input
class AgentUpsertInput:
    """An agent as it is to be. What is null stays as it is."""

    ref: str = field(description="The stable reference; the subject of the agent's token.")
    display_name: str = field(description="What colleagues call the agent.")
    email: str | None = field(default=None, description="Where colleagues reach the agent.")
    languages: list[LanguageTag] | None = field(default=None, description="In which the agent answers.")
    skills: list[str] | None = field(default=None, description="What not everybody can.")
    capacity_units: int | None = field(default=None, description="How much at a time.")
    budgets: list[BudgetInput] | None = field(default=None, description="All budgets of the agent.")
    idempotency_key: str = field(description=KEY)
