"""Forms of problems: search, and the parts of a challenge that hosts fill in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from laureate.engine.metrics import all_metrics
from laureate.engine.problem import FIELDS, LANGUAGES, Phase
from laureate.engine.problem.paths import path_fault
from laureate.engine.problem.values import is_slug
from laureate.recipe.problem.choices import PUBLIC_STATES, ChallengeRole, ChallengeState, FileKind
from laureate.web.people.forms import ZONES
from laureate.web.problem.clocks import NoSuchTimeError, read_local
from laureate.web.ui.widgets import LongSelect

FIELD_CHOICES = [(slug, _(label)) for slug, label in FIELDS.items()]
METRIC_CHOICES = [(metric.name, _(metric.title)) for metric in all_metrics()]


class SearchForm(forms.Form):
    """What a stranger looks for."""

    words = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"data-search": "", "type": "search"}),
    )
    field = forms.ChoiceField(
        label=_("Field"), required=False, choices=[("", _("All fields")), *FIELD_CHOICES]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *((s.value, ChallengeState(s).label) for s in PUBLIC_STATES)],
    )


class DraftForm(forms.Form):
    """The start of a challenge: enough to have a place to work on it."""

    organisation = forms.TypedChoiceField(label=_("For"), coerce=int)
    title = forms.CharField(
        label=_("Title"),
        min_length=5,
        max_length=120,
        help_text=_("What a stranger reads first: name the result, not the method."),
    )
    slug = forms.SlugField(
        label=_("Address"), required=False, min_length=3, max_length=50,
        help_text=_("Lower-case letters, digits and hyphens. Left empty, it is made from the title."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=_("Language of its texts"), choices=[(k, _(v)) for k, v in LANGUAGES.items()]
    )

    def __init__(self, *args: Any, organisations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]

    def clean_slug(self) -> str:
        """Return the slug, made from the title where none was given."""
        made: str = self.cleaned_data["slug"] or slugify(str(self.cleaned_data.get("title", "")))[:50].strip(
            "-"
        )
        if not self.cleaned_data["slug"] and not is_slug(made):
            return "challenge"
        return made


class ProblemForm(forms.Form):
    """What is asked: texts that solvers read."""

    title = forms.CharField(label=_("Title"), min_length=5, max_length=120)
    summary = forms.CharField(
        label=_("Summary"), max_length=280, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What is asked, in a sentence or two: shown in lists."),
    )  # fmt: skip
    sponsor = forms.CharField(
        label=_("Sponsor"), max_length=120, required=False, help_text=_("The name shown as sponsor.")
    )
    field = forms.ChoiceField(
        label=_("Field of knowledge"), choices=[("", "—"), *FIELD_CHOICES], required=False
    )
    language = forms.ChoiceField(
        label=_("Language of its texts"), choices=[(k, _(v)) for k, v in LANGUAGES.items()]
    )
    brief = forms.CharField(
        label=_("Brief"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"class": "tall", "spellcheck": "true"}),
        help_text=_(
            "Markdown. Say what is needed and why, with which data, how it is judged, what is out of scope."
        ),
    )


class MeasureForm(forms.Form):
    """How entries are measured."""

    metric = forms.ChoiceField(label=_("Metric"), choices=METRIC_CHOICES)
    options = forms.CharField(
        label=_("Options of the metric"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One key=value per line, such as k=10. The metric's page lists them."),
    )  # fmt: skip
    id_column = forms.CharField(
        label=_("Id column"), max_length=120, help_text=_("As in the header of the solution file.")
    )
    targets = forms.CharField(
        label=_("Target columns"),
        max_length=2000,
        help_text=_("The columns to predict, separated by commas."),
    )

    def clean_options(self) -> dict[str, str | int | float | bool]:
        """Return the options as written, with numbers as numbers."""
        options: dict[str, str | int | float | bool] = {}
        for line in self.cleaned_data["options"].splitlines():
            name, equals, value = (part.strip() for part in line.partition("="))
            if not line.strip():
                continue
            if not equals or not name:
                raise forms.ValidationError(
                    _("“%(line)s” is not of the form key=value."), params={"line": line[:80]}
                )
            options[name] = _plain(value)
        return options

    def clean_targets(self) -> list[str]:
        """Return the target columns, each once."""
        return list(
            dict.fromkeys(name.strip() for name in self.cleaned_data["targets"].split(",") if name.strip())
        )


def _plain(value: str) -> str | int | float | bool:
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    for read in (int, float):
        try:
            return read(value)
        except ValueError:
            continue
    return value


class CalendarForm(forms.Form):
    """The host's clocks, and how much a team may hand in."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=ZONES, widget=LongSelect, help_text=_("The clocks of the dates below.")
    )
    entries_per_day = forms.IntegerField(label=_("Entries a day and team"), min_value=1, max_value=1000)
    entries_per_team = forms.IntegerField(
        label=_("Entries of a team in all"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("Left empty: no limit."),
    )
    final_selections = forms.IntegerField(label=_("Final selections"), min_value=1, max_value=20)
    team_size = forms.IntegerField(label=_("Members of a team"), min_value=1, max_value=100)
    teams_freeze_at = forms.CharField(
        label=_("Teams freeze"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}),
        help_text=_("From then on teams no longer change. Left empty: at the close."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Read the freeze date on the chosen clocks."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "teams_freeze_at" in values and "time_zone" in values:
            written = values["teams_freeze_at"]
            values["teams_freeze_at"] = (
                _instant(self, "teams_freeze_at", values["time_zone"]) if written else None
            )
        return values


def _instant(form: forms.Form, name: str, zone: str) -> datetime | None:
    """Return what a field of date and time says on the clocks of ``zone``, or note what is wrong with it.

    A field that was not touched stands for the instant that it showed, to the second and also in an
    hour that the clocks strike twice.
    """
    written, shown = form.cleaned_data[name], form.initial
    if written == shown.get(name) and zone == shown.get("time_zone") and f"{name}_stored" in shown:
        stored: datetime = shown[f"{name}_stored"]
        return stored
    try:
        return read_local(written, zone)
    except NoSuchTimeError:
        form.add_error(name, _("The clocks are put forward over this hour; choose another one."))
    except (ValueError, OverflowError):
        form.add_error(name, _("Write a date with a time, such as 2026-09-01 00:00."))
    return None


class PhaseForm(forms.Form):
    """One window in which entries are received."""

    key = forms.SlugField(label=_("Key"), max_length=40)
    title = forms.CharField(label=_("Title"), max_length=120)
    opens = forms.CharField(
        label=_("Opens"), widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1})
    )
    closes = forms.CharField(
        label=_("Closes"), widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1})
    )

    def phase(self, zone: str) -> Phase | None:
        """Return the phase on the clocks of ``zone``, or note what is wrong with it."""
        opens, closes = _instant(self, "opens", zone), _instant(self, "closes", zone)
        if opens is None or closes is None:
            return None
        if closes <= opens:
            self.add_error("closes", _("A phase closes after it opens."))
            return None
        return Phase(self.cleaned_data["key"], self.cleaned_data["title"], opens, closes)


class Phases(forms.BaseFormSet):  # type: ignore[type-arg]  # it cannot be subscripted at run time
    """All phases of a challenge."""

    def clean(self) -> None:
        """Note keys that are used twice."""
        keys: set[str] = set()
        for row in self.forms:
            key = row.cleaned_data.get("key") if row.is_valid() else None
            if key and not row.cleaned_data.get("DELETE"):
                if key in keys:
                    row.add_error("key", _("Give each phase a key of its own."))
                keys.add(key)


PhaseFormSet = forms.formset_factory(PhaseForm, formset=Phases, extra=1, max_num=20, can_delete=True)


class FileForm(forms.Form):
    """A file of a challenge."""

    kind = forms.ChoiceField(label=_("What it is"), choices=FileKind.choices)
    file = forms.FileField(label=_("File"))
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        required=False,
        help_text=_("For a baseline: its name on the board."),
    )
    description = forms.CharField(
        label=_("Description"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_file(self) -> UploadedFile[Any]:
        """Return the file, unless nothing can be called like it."""
        found: UploadedFile[Any] = self.cleaned_data["file"]
        if path_fault(f"hidden/{found.name}") is not None:
            raise forms.ValidationError(_("A file cannot be called like this."))
        return found


class StaffForm(forms.Form):
    """A role for a person in one challenge."""

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=ChallengeRole.choices)


class BundleForm(forms.Form):
    """A whole challenge as one zip."""

    organisation = forms.TypedChoiceField(label=_("For"), coerce=int)
    bundle = forms.FileField(label=_("Zip with challenge.toml"))

    def __init__(self, *args: Any, organisations: list[tuple[int, str]], **kwargs: Any) -> None:
        # It stands on one page with the form of a draft: each id once.
        kwargs["auto_id"] = "bundle_%s"
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = organisations  # type: ignore[attr-defined]
