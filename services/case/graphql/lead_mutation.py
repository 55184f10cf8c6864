"""What can be done about how the desk runs: rosters, incidents, accounts, who is kept from whom. Part of `Mutation`."""

from __future__ import annotations

from typing import Annotated

import strawberry

from services.case.graphql.context import Info
from services.case.graphql.mutations import accounts, incident_answers, incidents, leading
from services.case.graphql.mutations.running import answering
from services.case.graphql.types.account_updates import ChannelAccountUpdateInput, ChannelAccountUpdatePayload
from services.case.graphql.types.incidents import (
    IncidentAnswerInput,
    IncidentAnswerPayload,
    IncidentCloseInput,
    IncidentClosePayload,
    IncidentLinkInput,
    IncidentLinkPayload,
    IncidentOpenInput,
    IncidentOpenPayload,
)
from services.case.graphql.types.leading import (
    AgentRosterSetInput,
    AgentRosterSetPayload,
    CustomerAgentExcludeInput,
    CustomerAgentExcludePayload,
)

_INPUT = strawberry.argument(name="input", description="What is asked.")


@strawberry.type
class LeadMutation:
    """What can be done about how the desk runs."""

    @strawberry.mutation
    async def agent_roster_set(
        self, info: Info, asked: Annotated[AgentRosterSetInput, _INPUT]
    ) -> AgentRosterSetPayload:
        """Say when an agent works. Cases wait, and go on, by it from then on."""
        return await answering(AgentRosterSetPayload, leading.set_roster(info.context, asked))

    @strawberry.mutation
    async def customer_agent_exclude(
        self, info: Info, asked: Annotated[CustomerAgentExcludeInput, _INPUT]
    ) -> CustomerAgentExcludePayload:
        """Keep an agent from handling a customer: open cases go to others. It can be taken back."""
        return await answering(CustomerAgentExcludePayload, leading.exclude(info.context, asked))

    @strawberry.mutation
    async def channel_account_update(
        self, info: Info, asked: Annotated[ChannelAccountUpdateInput, _INPUT]
    ) -> ChannelAccountUpdatePayload:
        """Hold an account, let it go on, or say what may leave by it. What comes in is kept and read as ever."""
        return await answering(ChannelAccountUpdatePayload, accounts.update(info.context, asked))

    @strawberry.mutation
    async def incident_open(self, info: Info, asked: Annotated[IncidentOpenInput, _INPUT]) -> IncidentOpenPayload:
        """Say that many cases have one cause, and how they are answered; or say it of one that is suspected."""
        return await answering(IncidentOpenPayload, incidents.open_one(info.context, asked))

    @strawberry.mutation
    async def incident_link(self, info: Info, asked: Annotated[IncidentLinkInput, _INPUT]) -> IncidentLinkPayload:
        """Say which cases have that cause: they are as soon, and with the team, that the incident says."""
        return await answering(IncidentLinkPayload, incidents.link(info.context, asked))

    @strawberry.mutation
    async def incident_answer(self, info: Info, asked: Annotated[IncidentAnswerInput, _INPUT]) -> IncidentAnswerPayload:
        """Send an incident's approved answer to its cases. What stops it in one case stops it in no other."""
        return await answering(IncidentAnswerPayload, incident_answers.answer(info.context, asked))

    @strawberry.mutation
    async def incident_close(self, info: Info, asked: Annotated[IncidentCloseInput, _INPUT]) -> IncidentClosePayload:
        """Say that an incident is over, or never was one. Its cases go on, each by itself."""
        return await answering(IncidentClosePayload, incidents.close(info.context, asked))
