"""What colleagues put right about customers: who they are, by what they are known, where a contact belongs."""

from __future__ import annotations

from contracts.vocabulary import Channel
from services.case.commands.add_customer_note import AddCustomerNote, add_customer_note
from services.case.commands.move_contact import MoveContact, move_contact
from services.case.commands.remove_handle import RemoveHandle, remove_handle
from services.case.commands.update_customer import UpdateCustomer, update_customer
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.details import Wish
from tests.support.case_mentions import CaseMentions

CUSTOMER_KINDS = ("describe", "employ", "tell", "unhandle", "shift", "split")


class CaseCustomers(CaseMentions):
    """Steps of a history, each told by a number that picks what it is about."""

    async def _describe(self, number: int) -> None:
        if customer_id := await self._customer(number):
            wishes = (
                Wish(name=f"Sam {number}", language="nl", attributes={"tier": number, "gone": None}),
                Wish(name=None, time_zone="Europe/Amsterdam", preferred_channel=Channel.EMAIL),
                Wish(kind=CustomerKind.ORGANISATION, attributes={"vat": f"NL{number}"}),
                Wish(kind=CustomerKind.PERSON, organisation_id=None, attributes=None),
            )
            command = UpdateCustomer(customer_id, wishes[number % len(wishes)], f"told us, {number}")
            await update_customer(command, self._by(), record=self.record, directory=self._directory)

    async def _employ(self, number: int) -> None:
        """Somebody belongs to an organisation, should there be one."""
        organisation = await self._one_of(
            "SELECT customer_id FROM customers WHERE kind = 'ORGANISATION' ORDER BY 1", number
        )
        customer_id = await self._customer(number + 1)
        if organisation and customer_id:
            command = UpdateCustomer(customer_id, Wish(organisation_id=organisation))
            await update_customer(command, self._by(), record=self.record, directory=self._directory)

    async def _tell(self, number: int) -> None:
        if customer_id := await self._customer(number):
            command = AddCustomerNote(customer_id, self._new(), f"Likes parcels, {number}", pinned=number % 2 == 0)
            await add_customer_note(command, self._by(), record=self.record)

    async def _unhandle(self, number: int) -> None:
        handle_id = await self._one_of("SELECT handle_id FROM handles ORDER BY 1", number)
        if handle_id:
            command = RemoveHandle(handle_id, f"not hers, {number}")
            await remove_handle(command, self._by(), record=self.record, directory=self._directory)

    async def _shift(self, number: int) -> None:
        """A contact goes to another case of its customer, should there be one."""
        sql = (
            "SELECT DISTINCT t.entry_id FROM timeline AS t JOIN cases AS c USING (customer_id)"
            " WHERE t.kind = 'CONTACT' AND c.case_id <> t.case_id AND c.status <> 'RESOLVED' ORDER BY 1"
        )
        contact_id = await self._one_of(sql, number)
        if contact_id:
            others = (
                "SELECT c.case_id FROM cases AS c JOIN timeline AS t USING (customer_id) WHERE c.case_id <> t.case_id"
                f" AND c.status <> 'RESOLVED' AND t.entry_id = '{contact_id}' ORDER BY 1"
            )
            case_id = await self._one_of(others, number)
            await self._move_contact(
                MoveContact(contact_id=contact_id, new_case_id=self._new(), reason="there", to_case_id=case_id)
            )

    async def _split(self, number: int) -> None:
        """A contact begins a case of its own."""
        if contact_id := await self._contact(number, "INBOUND"):
            await self._move_contact(
                MoveContact(contact_id=contact_id, new_case_id=self._new(), reason=f"own, {number}", to_new_case=True)
            )

    async def _move_contact(self, command: MoveContact) -> None:
        await move_contact(command, self._by(), record=self.record, directory=self._directory, policy=self._policy)
