"""What an object store offers, whichever it is."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class ObjectsUnavailable(Exception):  # noqa: N818  (it passes: whoever meets it comes again)
    """The store cannot be asked now, or broke off half way. Holds no more than an error's class."""


class Objects(Protocol):
    """Sealed files by their opaque ids."""

    async def put(self, object_id: UUID, sealed: bytes) -> None:
        """Store it, whole or not at all; again under the same id it takes the place of what was there.

        Raises:
            ObjectsUnavailable: it may or may not be stored.
        """
        ...

    async def get(self, object_id: UUID) -> bytes | None:
        """The bytes; None where there are none of that id.

        Raises:
            ObjectsUnavailable: nobody knows now.
        """
        ...

    async def delete(self, object_id: UUID) -> None:
        """Have nothing under that id any more; what is not there is deleted.

        Raises:
            ObjectsUnavailable: it may still be there.
        """
        ...
