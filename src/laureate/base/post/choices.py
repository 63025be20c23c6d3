"""What the platform writes to people: one subject and one body for each kind of message.

The texts are templates with ``%(name)s`` placeholders; they are translated when they are
read, in the reader's language of that day.
"""

from __future__ import annotations

from dataclasses import dataclass

from laureate.engine.faults import mark


@dataclass(frozen=True, slots=True)
class Letter:
    """A kind of message."""

    subject: str
    body: str


LETTERS: dict[str, Letter] = {
    "welcome": Letter(
        mark("Welcome to %(platform)s"),
        mark(
            "Your account is open. Choose a challenge, read its brief, download its data and hand in a first entry."
        ),
    ),
    "entry_scored": Letter(
        mark("Entry %(entry)s of %(challenge)s is scored"),
        mark(
            "Your entry was read and scored. Its result page shows the score, how it ranks and your receipt."
        ),
    ),
    "entry_refused": Letter(
        mark("Entry %(entry)s of %(challenge)s could not be scored"),
        mark(
            "Your entry breaks a rule of its format. Its page lists every mistake with lines. Your quota was not used."
        ),
    ),
    "entry_failed": Letter(
        mark("Entry %(entry)s of %(challenge)s could not be scored by us"),
        mark("The fault lies with the platform. Your quota was not used; you can hand the entry in again."),
    ),
    "member_joined": Letter(
        mark("%(member)s joined your team for %(challenge)s"),
        mark("You now share entries and the daily quota."),
    ),
    "merge_proposed": Letter(
        mark("%(team)s proposes to merge with your team"),
        mark("As captain, you can accept or decline on your team's page for %(challenge)s."),
    ),
    "teams_merged": Letter(
        mark("Your team for %(challenge)s is now part of %(team)s"),
        mark("You share entries, the daily quota and final selections from now on."),
    ),
    "challenge_closed": Letter(
        mark("%(challenge)s is closed"), mark("The private leaderboard is open. Thank you for taking part.")
    ),
}
