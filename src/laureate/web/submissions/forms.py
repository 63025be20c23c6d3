"""Forms of submissions."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class EntryForm(forms.Form):
    """A file of predictions, and a word about it."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,.zip,.parquet"}),
    )
    note = forms.CharField(
        label=_("Note to yourself"), required=False, max_length=280,
        help_text=_("Which model, which features: only your team reads it."),
    )  # fmt: skip


class TeamNameForm(forms.Form):
    """The name of a team."""

    name = forms.CharField(label=_("Name of the team"), max_length=60)


class MergeForm(forms.Form):
    """The team with which to merge."""

    team = forms.CharField(label=_("Their name on the leaderboard"), max_length=60)
