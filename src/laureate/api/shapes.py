"""The shapes of JSON: what is asked forbids what it does not name; what is answered says what it holds."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from ninja import Path
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from laureate.engine.problem.values import zone_of

LARGEST_ID = 2**63 - 1
LARGEST_COUNT = 2**31 - 1
SLUG = r"^[-a-zA-Z0-9_]{1,50}$"

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
"""The number of a thing, in an address."""
Slug = Annotated[str, Path(pattern=SLUG)]
"""The short name of a challenge or an organisation, in an address."""
Code = Annotated[str, Path(pattern=r"^[-A-Za-z0-9_]{1,64}$")]
"""The code of an invitation, in an address."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]")

Interval = Annotated[list[float], Field(min_length=2, max_length=2)]
"""The low and the high end of an interval."""
Whole = Annotated[int, Strict()]
Flag = Annotated[bool, Strict()]


def _only_text(value: Any) -> Any:
    # By the framework's leave, "2027" would be a number of seconds.
    if not (isinstance(value, str) and _DATE.match(value)):
        raise PydanticCustomError("datetime_type", "Write an instant as text, such as 2026-11-24T12:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    # Offsets at either end of the calendar lead out of it.
    if not 1970 <= value.year <= 9000:
        raise PydanticCustomError("datetime_range", "Choose a year between 1970 and 9000")
    return value.astimezone(UTC)


Instant = Annotated[AwareDatetime, BeforeValidator(_only_text), AfterValidator(_in_utc)]
"""An instant with its offset, ISO 8601; kept in UTC."""


def _known_zone(value: str) -> str:
    if zone_of(value) is None:
        raise PydanticCustomError("time_zone", "There is no time zone of this name")
    return value


Zone = Annotated[str, Field(max_length=64, examples=["Europe/Paris"]), AfterValidator(_known_zone)]
"""The IANA name of a time zone."""


class Asked(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(extra="forbid")


class Sought(BaseModel):
    """The query of an address."""

    @model_validator(mode="before")
    @classmethod
    def _forbids_extras(cls, values: Any, info: ValidationInfo) -> Any:
        # The framework drops what it does not know before it comes here: look at the request.
        request = (info.context or {}).get("request")
        foreign = sorted(set(request.GET) - set(cls.model_fields)) if request else []
        if foreign:
            raise PydanticCustomError(
                "extra_forbidden", "Unknown: {names}", {"names": ", ".join(foreign)[:200]}
            )
        return values


class Answer(BaseModel):
    """The body of an answer, made from a query's value; keys that were not set are left out where asked."""

    model_config = ConfigDict(from_attributes=True)


def finite(value: float) -> float | None:
    """Return a number as JSON can say it: infinities are null."""
    return value if math.isfinite(value) else None
