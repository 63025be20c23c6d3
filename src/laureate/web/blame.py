"""Refusals beside the fields that they speak of."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext

from laureate.base.people.viewer import RefusedError


def blame(form: forms.Form, error: RefusedError) -> None:
    """Put each fault of a refusal beside its field, those of no field above the form."""
    for fault in error.faults:
        field = fault.column if fault.column in form.fields else None
        form.add_error(field, f"{fault.said(gettext)} {fault.mend(gettext)}")
