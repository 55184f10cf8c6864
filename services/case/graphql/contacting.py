"""The part of `Maker` about contacts: what they have beside their texts, and how they can be answered."""

from __future__ import annotations

from collections.abc import Collection, Container
from typing import TYPE_CHECKING

import msgspec

from contracts.vocabulary import AccountMode, CaseStatus, RefusalCode
from services.case.domain import reply_options as choice
from services.case.domain import restriction as rules
from services.case.domain.erasure_words import RestrictionKind
from services.case.domain.policy import AccountName, Standing
from services.case.domain.recipients import takes_templates
from services.case.domain.templates import is_for, places_of
from services.case.graphql import mapping
from services.case.graphql.enums import ErrorCode
from services.case.graphql.publishing import Publishing
from services.case.graphql.scalars import Instant, LanguageTag
from services.case.graphql.types.accounts import AccountHealth, AccountState, MessageTemplate
from services.case.graphql.types.replying import ReplyOption
from services.case.queries.accounts import accounts_in_use
from services.case.queries.contacts import NOTHING_FILLED_IN, ContentRow

if TYPE_CHECKING:
    from services.case.graphql.types.people import ChannelAccount
    from services.case.queries.rows import AccountRow, CaseRow, EntryRow


class Contacting(Publishing):
    """What fields about contacts ask for."""

    async def content_of(self, row: EntryRow) -> ContentRow:
        """What a contact has beside its text; nothing where the viewer may not have that opened."""
        if not self.opens:
            return ContentRow(row.entry_id)
        found = await self.loaders.contents.load(row.entry_id) or ContentRow(row.entry_id, fields=NOTHING_FILLED_IN)
        if found.visible_text is not None:
            return found
        return msgspec.structs.replace(found, visible_text=row.text)

    async def reply_options_of(self, row: CaseRow) -> list[ReplyOption]:
        """How a case's customer can be answered now, by what `caseReply` would say."""
        contacts = await self.loaders.inbound.load(row.case_id) or []
        refused = await self._refused_because(row)
        names = {(each.channel, each.account) for each in contacts if each.account is not None}
        deps, muted = self._context.deps, await self._muted_of(names)
        options = choice.reply_options(contacts, refused_because=refused, at=deps.clock.now(), muted=muted)
        found = [await self._reply_option(option) for option in options]
        return [option for option in found if option is not None]

    async def _muted_of(self, names: Collection[AccountName]) -> Container[AccountName]:
        """Those by which nothing leaves now."""
        rows = await self.loaders.accounts.load_many(list(names))
        standing = {(row.channel, row.account): Standing(row.mode, row.paused) for row in rows if row is not None}
        return self._context.deps.policy.standing(standing).muted

    async def _reply_option(self, option: choice.ReplyOption) -> ReplyOption | None:
        """None where the account or the address is not there any more."""
        account = await self.loaders.accounts.load((option.channel, option.account))
        handle = await self.loaders.handles_by_id.load(option.handle_id)
        if account is None or handle is None:
            return None
        limit, code = option.text_limit, option.refused_because
        if handle.opted_out and code is None:
            code = RefusalCode.RECIPIENT_OPTED_OUT
        return ReplyOption(
            account=mapping.account(account),
            handle=mapping.handle(handle, opens=self.opens),
            channel=option.channel,
            visibilities=list(option.visibilities),
            allowed=code is None,
            refused_because=None if code is None else ErrorCode(code),
            window_ends_at=mapping.at(option.window_ends_at),
            max_length=None if limit is None else limit.length_max,
            length_unit=None if limit is None else limit.unit.value,
            accepts_html=option.html,
            accepts_templates=limit is not None and takes_templates(option.channel),
            attachment_types=list(option.file_types),
        )

    async def channel_accounts(self) -> list[ChannelAccount]:
        """All that are used, by channel and name."""
        return [mapping.account(row) for row in await accounts_in_use(self.database)]

    def state_of(self, row: AccountRow) -> AccountState:
        """Whether an account is used."""
        if not row.active:
            return AccountState.CLOSED
        return AccountState.PAUSED if row.paused else AccountState.ACTIVE

    def mode_of(self, row: AccountRow) -> AccountMode:
        """What may leave by an account."""
        return row.mode or AccountMode.PROACTIVE

    def templates_of(self, row: AccountRow) -> list[MessageTemplate]:
        """What is ready to be sent by an account."""
        return [
            MessageTemplate(
                name=each.name,
                language=LanguageTag(each.language),
                body=each.body,
                category=each.category.upper(),
                parameters=places_of(each),
            )
            for each in self._context.deps.policy.templates
            if is_for(each, row.brand, (row.channel, row.account))
        ]

    async def health_of(self, row: AccountRow) -> AccountHealth | None:
        """How an account does."""
        found = await self.loaders.health.load(row.account_id)
        if found is None:
            return None
        return AccountHealth(
            measured_at=Instant(found.measured_at),
            last_received_at=mapping.at(found.last_received_at),
            last_sent_at=mapping.at(found.last_sent_at),
            silent_since=mapping.at(found.silent_since),
            trouble=found.trouble,
            unread=found.unread,
            unsent=found.unsent,
        )

    async def _refused_because(self, row: CaseRow) -> RefusalCode | None:
        """Why nobody in the case can be answered, in the order in which an answer is looked at."""
        customer = await self.whole_row(row.customer_id)
        if customer is not None:
            if customer.state == "ERASED":
                return RefusalCode.CUSTOMER_ERASED
            standing = await self.standing_on(customer)
            placed = [rules.Restriction(each.restriction_id, each.kind, each.until) for each in standing]
            in_force = rules.in_force(placed, self._context.deps.clock.now())
            if any(each.kind is RestrictionKind.RESTRICTION for each in in_force):
                return RefusalCode.CUSTOMER_RESTRICTED
        return RefusalCode.CASE_RESOLVED if row.status is CaseStatus.RESOLVED else None
