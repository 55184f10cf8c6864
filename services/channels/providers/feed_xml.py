"""A feed's XML as a small tree, read by expat: nothing that declares, expands or fetches anything is let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn
from xml.parsers import expat

from services.channels.domain.normal_form import DEPTH_MAX, NotUnderstood, clean_text

ELEMENTS_MAX = 200_000


class Element:
    """One element. `name`: `namespace name`, or the name alone. Text of its children is not its own."""

    __slots__ = ("attributes", "children", "name", "parts")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Element] = []
        self.parts: list[str] = []

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition(" ")[2]

    def text(self) -> str | None:
        """What stands in it, without the space around; None where nothing does."""
        return clean_text("".join(self.parts)).strip() or None

    def all(self, *names: str) -> Iterator[Element]:
        """Its children of these names, in order. A name without a namespace fits only where there is none."""
        return (child for child in self.children if child.name in names)

    def first(self, *names: str) -> str | None:
        """The text of the first of these names that has any, by the order of the names."""
        for name in names:
            for child in self.all(name):
                if found := child.text():
                    return found
        return None

    def markup(self) -> str:
        """Its text with that of everything in it: for content that is XHTML."""
        own = "".join(self.parts)
        return own + "\n".join(child.markup() for child in self.children)


class _Builder:
    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > ELEMENTS_MAX or len(self._open) >= DEPTH_MAX:
            _refuse()
        element = Element(name, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].parts.append(text)


def read_xml(body: bytes) -> Element:
    """The root of the tree.

    Raises:
        NotUnderstood: it is no XML, has a document type or entities of its own, or is too large a tree.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as problem:
        raise NotUnderstood("malformed-xml", "the body is not valid XML without a document type") from problem
    if builder.root is None:
        raise NotUnderstood("malformed-xml", "the body is empty")
    return builder.root


def _refuse(*_declared: Any) -> NoReturn:
    raise ValueError("declares something")
