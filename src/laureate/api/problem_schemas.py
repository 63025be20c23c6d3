"""The shapes of challenges: what a host may change, what a reader sees."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field
from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from laureate.api.paging import Page
from laureate.api.shapes import Answer, Asked, Instant, Whole, Zone
from laureate.engine.problem import FIELDS

State = Literal["draft", "open", "closed", "final", "withdrawn"]
Kind = Literal["data", "sample", "solution", "baseline"]


def _known_field(value: str) -> str:
    if value and value not in FIELDS:
        raise PydanticCustomError("field", "Choose one of: {names}", {"names": ", ".join(FIELDS)})
    return value


FieldName = Annotated[str, Field(max_length=40, examples=["insurance"]), AfterValidator(_known_field)]
Setting = Annotated[str, Field(max_length=200)] | Annotated[bool, Field(strict=True)] | Whole | float


class ChallengesSought(Page):
    """Which challenges are wanted."""

    words: str = Field("", max_length=200, description="Words of title, summary or sponsor.")
    field: str = Field("", max_length=40, description="A field of knowledge, such as insurance.")
    state: Literal["", "open", "closed", "final"] = Field("", description="The state; all when left out.")


class ChallengeRow(Answer):
    """A challenge in a list."""

    id: int
    slug: str
    title: str
    summary: str
    field: str
    sponsor: str
    state: State
    language: str
    opens_at: datetime | None
    closes_at: datetime | None


class Limits(Answer):
    """How much a team may hand in, and how large it may be."""

    entries_per_day: int
    entries_per_team: int | None
    final_selections: int
    team_size: int
    teams_freeze_at: datetime | None


class Phase(Answer):
    """A window in which entries are received: from ``opens_at`` until just before ``closes_at``."""

    key: str
    title: str
    opens_at: datetime
    closes_at: datetime
    standing: Literal["coming", "running", "over"]


class File(Answer):
    """A file of a challenge; ``url`` is where its bytes are."""

    id: int
    kind: Kind
    path: str
    title: str
    description: str
    size: int
    sha256: str
    url: str


class Challenge(Answer):
    """A challenge as the caller may see it; what is not for them is left out."""

    id: int
    slug: str
    title: str
    language: str
    summary: str
    brief: str
    field: str
    sponsor: str
    organisation: str
    time_zone: str
    state: State
    metric: str
    options: dict[str, Any]
    id_column: str
    targets: list[str]
    limits: Limits
    phases: list[Phase]
    data: list[File]
    sample: File | None
    published_at: datetime | None
    closed_at: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    running: bool
    solution: File | None = Field(None, description="For hosts.")
    baselines: list[File] | None = Field(None, description="For hosts and their readers.")


class Revision(Asked):
    """Fields of a draft to change; those left out stay as they are."""

    title: str = Field("", max_length=120)
    language: Literal["en", "fr"] = "en"
    summary: str = Field("", max_length=280)
    brief: str = Field("", max_length=200_000, description="Markdown.")
    field: FieldName = ""
    sponsor: str = Field("", max_length=120)
    time_zone: Zone = "UTC"
    metric: str = Field("", max_length=60)
    options: dict[Annotated[str, Field(max_length=60)], Setting] = Field(default_factory=dict, max_length=20)
    id_column: str = Field("", max_length=120)
    targets: list[Annotated[str, Field(max_length=120)]] = Field(default_factory=list, max_length=100)
    entries_per_day: Whole = Field(5, ge=1, le=1000)
    entries_per_team: Annotated[Whole, Field(ge=1, le=1_000_000)] | None = None
    final_selections: Whole = Field(2, ge=1, le=20)
    team_size: Whole = Field(5, ge=1, le=100)
    teams_freeze_at: Instant | None = None


class PhaseAsked(Asked):
    """A phase to plan: half-open, ``opens`` <= t < ``closes``."""

    key: str = Field(pattern=r"^[-a-z0-9_]{1,40}$")
    title: str = Field(min_length=1, max_length=120)
    opens: Instant
    closes: Instant

    @model_validator(mode="after")
    def _opens_first(self) -> PhaseAsked:
        if self.closes <= self.opens:
            raise PydanticCustomError("phase_order", "The phase closes before it opens")
        return self


def _each_key_once(phases: list[PhaseAsked]) -> list[PhaseAsked]:
    if len({phase.key for phase in phases}) < len(phases):
        raise PydanticCustomError("duplicate_phase", "Two phases have the same key")
    return phases


Plan = Annotated[list[PhaseAsked], Field(max_length=100), AfterValidator(_each_key_once)]


class FileAsked(Asked):
    """What an attached file is."""

    kind: Kind
    path: str = Field("", max_length=200, description="Where it lies in the folder; its name if left out.")
    title: str = Field("", max_length=200)
    description: str = Field("", max_length=2000)


class Finding(Answer):
    """Something to mend before publishing; a warning may stay."""

    severity: Literal["error", "warning"]
    rule: str
    message: str
    fix: str
    file: str | None = None
    line: int | None = None
    column: str | None = None
    count: int | None = None
    examples: list[dict[str, str | int]] | None = None


class Check(Answer):
    """Whether a draft could be published, and all that was found."""

    ok: bool
    problems: list[Finding]
