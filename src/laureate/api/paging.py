"""Long lists, a page at a time: by the last id seen, so that nothing is skipped or shown twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from ninja import Field

from laureate.api.shapes import LARGEST_ID, Answer, Sought

MOST = 200


class Numbered(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> int:
        """Return the id."""
        ...


class Page(Sought):
    """Which part of a list is wanted: ``limit`` items below the id ``after``."""

    after: int = Field(0, ge=0, le=LARGEST_ID, description="The last id already seen; 0 for the first page.")
    limit: int = Field(50, ge=1, le=MOST, description="How many items at most.")


Item = TypeVar("Item")
Row = TypeVar("Row", bound=Numbered)


class Items(Answer, Generic[Item]):
    """One page of a list; ``next`` is the value of ``after`` for the following page, null at the end."""

    items: list[Item]
    next: int | None


def page_of(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], int | None]:
    """Return the rows of this page and where the next one starts.

    ``rows`` were asked with a limit of one more, which tells whether there is a next page.
    """
    shown = rows[:limit]
    return shown, shown[-1].id if len(rows) > limit else None
