"""Every rule that a challenge can break: its message, its fix, and how grave it is."""

from __future__ import annotations

from typing import NamedTuple

from laureate.engine.faults import Severity, mark


class Rule(NamedTuple):
    """The templates of one rule."""

    message: str
    fix: str
    severity: Severity = "error"


RULES: dict[str, Rule] = {
    # The folder and its challenge.toml.
    "not_a_folder": Rule(
        mark("There is no folder at “%(path)s”."),
        mark("Give the path of the folder that holds challenge.toml."),
    ),
    "no_manifest": Rule(
        mark("The folder has no challenge.toml."),
        mark("Write challenge.toml at the top of the folder."),
    ),
    "unreadable_file": Rule(
        mark("“%(path)s” cannot be read: %(reason)s."),
        mark("Check that it is a file and that you may read it."),
    ),
    "text_too_large": Rule(
        mark("“%(path)s” holds more than %(limit)s bytes."),
        mark("Keep texts short; give long material as a data file."),
    ),
    "not_utf8": Rule(
        mark("Line %(line)s of “%(path)s” is not UTF-8 text."),
        mark("Save the file as UTF-8."),
    ),
    "bad_toml": Rule(
        mark("Line %(line)s is not valid TOML: %(reason)s."),
        mark("Mend this line; the rest of the file is read only when it is valid."),
    ),
    # Tables and keys.
    "unknown_table": Rule(
        mark("There is no table named “%(name)s”."),
        mark("The tables are: %(names)s."),
    ),
    "unknown_key": Rule(
        mark("The table [%(table)s] has no key named “%(name)s”."),
        mark("Its keys are: %(names)s."),
    ),
    "missing_table": Rule(
        mark("The table [%(table)s] is missing."),
        mark("Add it, with the keys %(names)s."),
    ),
    "missing_key": Rule(
        mark("“%(key)s” is missing."),
        mark("Add the key to its table: %(meaning)s."),
    ),
    "not_one_table": Rule(
        mark("“%(table)s” is not one table."),
        mark("Write one line [%(table)s], then its keys."),
    ),
    "not_many_tables": Rule(
        mark("“%(table)s” is not a list of tables."),
        mark("Write a line [[%(table)s]] before the keys of each."),
    ),
    # Values.
    "wrong_type": Rule(
        mark("“%(key)s” has a value of the wrong type."),
        mark("Write another value: %(meaning)s."),
    ),
    "too_short": Rule(
        mark("“%(key)s” has %(length)s characters; the least is %(low)s."),
        mark("Write at least %(low)s characters."),
    ),
    "too_long": Rule(
        mark("“%(key)s” has %(length)s characters; the limit is %(high)s."),
        mark("Shorten it by %(excess)s characters."),
    ),
    "too_few": Rule(
        mark("“%(key)s” is an empty list."),
        mark("Name at least one."),
    ),
    "out_of_range": Rule(
        mark("“%(key)s” is %(value)s."),
        mark("Write a whole number from %(low)s to %(high)s."),
    ),
    "control_characters": Rule(
        mark("“%(key)s” holds line breaks or characters that cannot be shown."),
        mark("Write it as one line of plain text."),
    ),
    "bad_slug": Rule(
        mark("“%(value)s” cannot be a slug."),
        mark("Use 3 to 50 lower-case letters, digits and hyphens."),
    ),
    "bad_phase_key": Rule(
        mark("“%(value)s” cannot be the key of a phase."),
        mark("Use 1 to 40 lower-case letters, digits and hyphens."),
    ),
    "unknown_language": Rule(
        mark("“%(value)s” is not a language of Laureate."),
        mark("Write one of: %(names)s."),
    ),
    "unknown_field": Rule(
        mark("“%(value)s” is not a field of knowledge."),
        mark("Write one of: %(names)s."),
    ),
    "unknown_time_zone": Rule(
        mark("“%(value)s” is not a time zone."),
        mark("Write an IANA name such as Europe/Paris."),
    ),
    "date_out_of_range": Rule(
        mark("“%(key)s” lies outside the years %(low)s to %(high)s."),
        mark("Check the year."),
    ),
    "unclear_time": Rule(
        mark("“%(key)s” falls in the hour in which the clocks of %(zone)s change."),
        mark("Write the offset from UTC: %(written)s."),
        "warning",
    ),
    "duplicate_target": Rule(
        mark("The target “%(name)s” is named twice."),
        mark("Name each target column once."),
    ),
    "target_is_id": Rule(
        mark("The id column “%(name)s” is also named as a target."),
        mark("Name the columns to predict as targets."),
    ),
    # Phases and limits.
    "no_phase": Rule(
        mark("The challenge has no phase: it would never receive an entry."),
        mark("Add a table [[phases]] with key, title, opens and closes."),
    ),
    "duplicate_phase": Rule(
        mark("The phase key “%(value)s” is used twice."),
        mark("Give each phase a key of its own."),
    ),
    "phase_order": Rule(
        mark("The phase “%(phase)s” closes before or as it opens."),
        mark("Let “closes” lie after “opens”."),
    ),
    "phase_over": Rule(
        mark("The phase “%(phase)s” is already over."),
        mark("Move its dates if it is meant to receive entries."),
        "warning",
    ),
    "phase_begun": Rule(
        mark("The phase “%(phase)s” opened in the past."),
        mark("Move “opens”, or expect entries as soon as the challenge is published."),
        "warning",
    ),
    "freeze_outside": Rule(
        mark("Teams freeze outside the time between the first opening and the last closing."),
        mark("Move limits.teams_freeze between the two."),
    ),
    "freeze_past": Rule(
        mark("Teams are frozen already."),
        mark("Move limits.teams_freeze if teams are still to form."),
        "warning",
    ),
    "many_selections": Rule(
        mark("%(selections)s final selections a team let luck decide more than skill."),
        mark("Two are usual; keep to %(high)s or fewer."),
        "warning",
    ),
    "selections_above_entries": Rule(
        mark("A team may select %(selections)s entries but hand in only %(entries)s."),
        mark("Lower final_selections or raise entries_per_team."),
        "warning",
    ),
    "duplicate_baseline": Rule(
        mark("Two baselines are named “%(value)s”."),
        mark("Give each baseline a name of its own."),
    ),
    # Files.
    "bad_path": Rule(
        mark("“%(path)s” is not a path that Laureate can use."),
        mark("Write a path below the folder with “/” between its parts, at most %(high)s characters."),
    ),
    "outside_folder": Rule(
        mark("“%(path)s” lies outside the challenge's folder."),
        mark("Copy the file into the folder and name it from there."),
    ),
    "reserved_path": Rule(
        mark("“%(path)s” is a name that Laureate keeps for itself."),
        mark("Give the file another name."),
    ),
    "file_missing": Rule(
        mark("There is no file “%(path)s” in the folder."),
        mark("Add the file, or mend its name; capitals count."),
    ),
    "not_a_file": Rule(
        mark("“%(path)s” is not a file."),
        mark("Name a file; pack a folder into one file first."),
    ),
    "empty_file": Rule(
        mark("The file “%(path)s” is empty."),
        mark("Put its content in, or take it off the list."),
    ),
    "duplicate_file": Rule(
        mark("The file “%(path)s” is listed twice."),
        mark("List each file once."),
    ),
    "sample_listed": Rule(
        mark("The sample submission “%(path)s” is listed as a data file too."),
        mark("Take it out of [[data]]: solvers get it anyway."),
        "warning",
    ),
    "no_data": Rule(
        mark("The challenge offers no data file."),
        mark("Add a table [[data]] for each file that solvers need."),
        "warning",
    ),
    "solution_published": Rule(
        mark("“%(path)s” would hand the solution to every solver."),
        mark("Take it out of what solvers may download."),
    ),
    # The solution and what is scored against it.
    "no_usage": Rule(
        mark("The solution has no column Usage, so that public and private rows would be the same."),
        mark("Add a column Usage with Public or Private in each row: a prize needs both."),
    ),
    # The brief.
    "short_brief": Rule(
        mark("The brief has %(length)s characters."),
        mark("Say what is asked, why, with which data, and how it is judged: %(low)s characters at least."),
        "warning",
    ),
    "raw_html": Rule(
        mark("The brief holds raw HTML, which is shown as text: %(count)s."),
        mark("Use Markdown instead."),
        "warning",
    ),
    # Archives.
    "damaged_zip": Rule(
        mark("The zip file is damaged or cut short."),
        mark("Make the zip file again and send the whole of it."),
    ),
    "encrypted_zip": Rule(
        mark("The zip file is protected by a password."),
        mark("Make the zip file again without a password."),
    ),
    "unsafe_member": Rule(
        mark("The zip file holds names that lead outside it or cannot be used: %(count)s."),
        mark("Pack the folder again, with relative names."),
    ),
    "special_member": Rule(
        mark("The zip file holds links or other special files: %(count)s."),
        mark("Pack the files themselves."),
    ),
    "duplicate_member": Rule(
        mark("The zip file holds several files of the same name: %(count)s."),
        mark("Keep one of each; capitals make no difference."),
    ),
    "too_many_members": Rule(
        mark("The zip file holds %(files)s files; the limit is %(limit)s."),
        mark("Pack only what challenge.toml names."),
    ),
    "bundle_too_large": Rule(
        mark("The zip file holds more than %(limit)s bytes once uncompressed."),
        mark("Leave out what challenge.toml does not name."),
    ),
}

DID_YOU_MEAN = mark("Did you mean %(near)s?")

WRONG_TYPES: dict[str, Rule] = {
    "text": Rule(mark("“%(key)s” must be text."), mark("Put the value between quotes: %(meaning)s.")),
    "texts": Rule(
        mark("“%(key)s” must be text or a list of texts."),
        mark('Write ["first", "second"]: %(meaning)s.'),
    ),
    "whole": Rule(
        mark("“%(key)s” must be a whole number."),
        mark("Write a number without quotes or point: %(meaning)s."),
    ),
    "instant": Rule(
        mark("“%(key)s” must be a date with a time."),
        mark("Write it without quotes, such as 2026-09-01T00:00:00+02:00: %(meaning)s."),
    ),
    "settings": Rule(
        mark("“%(key)s” must be text, a number, or true or false."),
        mark("Write one plain value for each option."),
    ),
}
"""What ``wrong_type`` says for each kind of value."""
