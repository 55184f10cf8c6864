"""Finding customers by what an agent has: a name, words that were said, an address, a case's number."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.vocabulary import HandleKind
from services.case.domain.handles import HANDLE_LENGTH_MAX, normalise
from services.case.graphql import cursors
from services.case.graphql.context import Info
from services.case.graphql.lists import page_info
from services.case.graphql.pages import bad_input, checked_size, selects, time_after
from services.case.graphql.types.customers import CustomerConnection, CustomerEdge
from services.case.queries.search import FOUND_MAX, Sought, number_of, search_customers, words_of

CUSTOMERS = "customers"
CUSTOMERS_DEFAULT = 20
SEARCH_LENGTH_MIN = 2


async def customers(info: Info, text: str, *, first: int | None, after: str | None) -> CustomerConnection:
    """One page of the customers who match.

    Raises:
        QueryRefusedError: BAD_USER_INPUT, too short or too long to look for, a bad size or cursor.
    """
    context = info.context
    size, key = checked_size(first, CUSTOMERS_DEFAULT), time_after(CUSTOMERS, after)
    sought = _sought(info, text.strip())
    context.accessed.searched()
    found = await search_customers(context.database, sought, after=key, limit=size + 1)
    page = found[:size]
    nodes = [customer for each in page if (customer := await context.make.customer_by_id(each.customer_id)) is not None]
    marks = [cursors.encode_time(CUSTOMERS, each.at, each.customer_id) for each in page]
    return CustomerConnection(
        nodes=nodes,
        edges=[CustomerEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
        page_info=page_info(marks, more=len(found) > size, before=after is not None),
        total_count=await _count(info, sought) if selects(info, "totalCount") else None,
    )


async def _count(info: Info, sought: Sought) -> int:
    return len(await search_customers(info.context.database, sought, after=None, limit=FOUND_MAX))


def _sought(info: Info, text: str) -> Sought:
    """What to look for. Who may not see names and addresses finds nobody by them."""
    if not SEARCH_LENGTH_MIN <= len(text) <= HANDLE_LENGTH_MAX:
        raise bad_input(f"search has {SEARCH_LENGTH_MIN} to {HANDLE_LENGTH_MAX} characters")
    number = number_of(text)
    if not info.context.principal.opens_sealed:
        return Sought(words=None, values=(), number=number)
    values = dict.fromkeys(_normal_forms(text, info.context.deps.policy.region))
    return Sought(words=words_of(text), values=tuple(values), number=number)


def _normal_forms(text: str, region: str) -> Iterator[str]:
    """The text as each kind of address would keep it."""
    printable = "".join(character for character in text if character.isprintable())
    return (normalise(kind, printable, region) for kind in HandleKind)
