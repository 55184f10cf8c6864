"""The API as a subgraph of a federated graph (Apollo Federation 2): other teams' types may refer to ours by id.

Plain clients do not need it: `_service` and `_entities` are there only where `[http] federation` says so.
"""

from __future__ import annotations

from typing import Annotated, Any, NewType, TypeAlias

import strawberry
from graphql import (
    ConstArgumentNode,
    ConstDirectiveNode,
    DefinitionNode,
    NameNode,
    ObjectTypeDefinitionNode,
    StringValueNode,
    parse,
    print_ast,
)
from strawberry import scalar

from services.case.domain.permissions import Permission
from services.case.graphql import finding
from services.case.graphql.context import Info
from services.case.graphql.pages import bad_input
from services.case.graphql.query import NODES_MAX, Query
from services.case.graphql.types.cases import Case
from services.case.graphql.types.customers import Customer
from services.case.graphql.types.interfaces import Node
from services.case.graphql.types.people import Agent

LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])\n\n'
ENTITIES = ("Agent", "Case", "Customer")
"""Types that other subgraphs may refer to, by `id`."""
SHAREABLE = ("Money", "PageInfo")
"""Types that others may give as well: they mean the same everywhere."""

Representation = NewType("Representation", object)
ANY = scalar(
    name="_Any", description="What a gateway knows of an object: its type and its id.", parse_value=lambda value: value
)
Entity: TypeAlias = Annotated[Agent | Case | Customer, strawberry.union(name="_Entity")]


@strawberry.type(name="_Service")
class Service:
    """This subgraph, as it tells a gateway."""

    sdl: str = strawberry.field(description="Its schema.")


async def _service(info: Info) -> Service:
    """This subgraph."""
    from services.case.graphql.schema import make_schema, printed  # noqa: PLC0415  (it is made of this)

    info.context.principal.require(Permission.READ)
    return Service(sdl=subgraph_sdl(printed(make_schema())))


async def _entities(
    info: Info,
    representations: Annotated[
        list[Representation], strawberry.argument(description="Type and id of each; 100 at the most.")
    ],
) -> list[Entity | None]:
    """The objects that other subgraphs refer to, in their order; null where the viewer may not see one."""
    info.context.principal.require(Permission.READ)
    if len(representations) > NODES_MAX:
        raise bad_input(f"at most {NODES_MAX} representations")
    wanted = [_named(each) for each in representations]
    found = await finding.nodes(info.context, [name for _, name in wanted])
    return [_of_kind(node, kind) for node, (kind, _) in zip(found, wanted, strict=True)]


@strawberry.type(name="Query")
class SubgraphQuery(Query):
    """What can be asked, by gateways too."""

    service: Service = strawberry.field(resolver=_service, name="_service")
    entities: list[Entity | None] = strawberry.field(resolver=_entities, name="_entities")


def _named(representation: Any) -> tuple[str, str]:
    """The type and the id of one.

    Raises:
        QueryRefusedError: BAD_USER_INPUT, it has none, or is of a type that nobody may refer to.
    """
    kind, name = (
        (representation.get("__typename"), representation.get("id")) if isinstance(representation, dict) else ("", "")
    )
    if kind not in ENTITIES or not isinstance(name, str):
        raise bad_input(f"a representation has __typename ({', '.join(ENTITIES)}) and id")
    return kind, name


def _of_kind(node: Node | None, kind: str) -> Any:
    return node if type(node).__name__ == kind else None


def subgraph_sdl(plain: str) -> str:
    """The printed schema with what a gateway composes by: keys, and what may be given by others too."""
    definitions = [_marked(each) for each in parse(plain).definitions]
    return LINK + "\n\n".join(print_ast(each) for each in definitions) + "\n"


def _marked(definition: DefinitionNode) -> DefinitionNode:
    if not isinstance(definition, ObjectTypeDefinitionNode):
        return definition
    name = definition.name.value
    if name in ENTITIES:
        marks = (_directive("key", fields="id"),)
    elif name in SHAREABLE:
        marks = (_directive("shareable"),)
    else:
        return definition
    return ObjectTypeDefinitionNode(
        name=definition.name,
        description=definition.description,
        interfaces=definition.interfaces,
        fields=definition.fields,
        directives=marks,
    )


def _directive(name: str, **arguments: str) -> ConstDirectiveNode:
    written = tuple(
        ConstArgumentNode(name=NameNode(value=key), value=StringValueNode(value=value))
        for key, value in arguments.items()
    )
    return ConstDirectiveNode(name=NameNode(value=name), arguments=written)
