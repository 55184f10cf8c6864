"""Which kinds of facts a projection has rows for, read from the classes that its code names: the others are passed by.

A projection that names no class of facts is asked about every fact.
"""

from __future__ import annotations

from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from contracts.stored import Fact, FirstFact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.event_store.finishing import Projection
    from infra.event_store.mapper import AnyFact


class Concern:
    """Projections by the kinds of facts they may have rows for."""

    def __init__(self, projections: Sequence[Projection]) -> None:
        self._named = [(each, tuple(_kinds_named_in(each))) for each in projections]
        self._by_kind: dict[type[AnyFact], tuple[Projection, ...]] = {}

    def of(self, kind: type[AnyFact]) -> tuple[Projection, ...]:
        """Those that may have rows for facts of that class, in their order."""
        found = self._by_kind.get(kind)
        if found is None:
            found = tuple(each for each, named in self._named if not named or issubclass(kind, named))
            self._by_kind[kind] = found
        return found


def _kinds_named_in(projection: Any) -> set[type[AnyFact]]:
    """In its code, and in that of the functions it names."""
    kinds: set[type[AnyFact]] = set()
    seen: set[Any] = set()
    functions = [projection]
    while functions:
        function = functions.pop()
        if not isinstance(function, FunctionType) or function in seen:
            continue
        seen.add(function)
        names = set(_names_in(function.__code__))
        for value in [function.__globals__[name] for name in names & function.__globals__.keys()]:
            near = [getattr(value, name, None) for name in names] if isinstance(value, ModuleType) else [value]
            kinds |= {each for each in near if isinstance(each, type) and issubclass(each, Fact | FirstFact)}
            functions += near
    return kinds


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names_in(inner)
