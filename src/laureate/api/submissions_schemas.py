"""The shapes of teams, quotas and entries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field
from pydantic import StringConstraints

from laureate.api.shapes import Answer, Asked, Flag, Interval, Sought

TeamName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
EntryState = Literal["received", "scored", "refused", "failed", "cancelled"]
LONGEST_WAIT = 30


class Fault(Answer):
    """One mistake: its rule, what was found, how to mend it, and where it stands."""

    rule: str
    message: str
    fix: str
    file: str | None = None
    line: int | None = None
    column: str | None = None
    count: int | None = None
    examples: list[dict[str, str | int]] | None = None


class Member(Answer):
    """A member of a team."""

    name: str
    captain: bool


class Merge(Answer):
    """A proposal that the team ``source`` becomes part of the team ``target``."""

    id: int
    source: str
    target: str
    ours_to_answer: bool


class Team(Answer):
    """The caller's team; ``captain`` says whether they lead it."""

    id: int
    name: str
    captain: bool
    members: list[Member]
    may_change: bool
    merges: list[Merge]


class Allowance(Answer):
    """What the team may still hand in; ``said`` is the same in words."""

    left: int
    left_today: int
    per_day: int
    left_total: int | None
    total: int | None
    next_at: datetime
    said: str


class Standing(Answer):
    """How the caller stands in a challenge."""

    team: Team | None
    allowance: Allowance | None
    may_join: bool
    may_submit: bool
    why_not: Fault | None


class Figures(Answer):
    """A score on one side of the solution, with its 95 % interval where there is one."""

    score: float
    interval: Interval | None
    rows: int


class Score(Answer):
    """The score as the caller may see it; what is not for them is left out."""

    public: Figures | None = None
    private: Figures | None = None


class Entry(Answer):
    """An entry; ``score`` is null until there is one."""

    id: int
    challenge: str
    team: str
    author: str
    file_name: str
    size: int
    sha256: str
    note: str
    received_at: datetime
    judged_at: datetime | None
    state: EntryState
    faults: list[Fault]
    selected: bool
    ours: bool
    score: Score | None


class Receipt(Answer):
    """What proves that an entry was received."""

    id: int
    sha256: str
    received_at: datetime
    size: int


class Received(Entry):
    """An entry just received, with its receipt and what is left of the quota."""

    receipt: Receipt
    allowance: Allowance | None


class EntrySought(Sought):
    """How long to wait for the result."""

    wait: int = Field(0, ge=0, le=LONGEST_WAIT, description="Seconds to wait for the entry to be judged.")


class TeamAsked(Asked):
    """Another name for the team."""

    name: TeamName


class InvitationMade(Answer):
    """An invitation for one person; its code is shown this once."""

    code: str
    url: str


class InvitationRead(Answer):
    """Where an invitation leads."""

    challenge: str
    challenge_title: str
    team: str
    members: list[str]


class MergeAsked(Asked):
    """The name of the team of which the caller's team wants to become part."""

    team: TeamName


class MergeProposed(Answer):
    """A proposal that was made."""

    id: int
    source: str
    target: str


class MergeAnswered(Asked):
    """Yes or no to a proposal."""

    accept: Flag
