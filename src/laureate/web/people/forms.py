"""Forms of people: sign up, account, set-up, tokens, organisations."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import LoginForm, SignupForm
from allauth.account.models import EmailAddress
from allauth.account.utils import setup_user_email
from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from laureate.base.people.actions import open_account
from laureate.base.people.choices import OrganisationRole, Scope
from laureate.web.reader import ZONE_COOKIE
from laureate.web.ui.widgets import LongSelect

ZONES = [
    (name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"
]


def zone_of_browser(request: HttpRequest) -> str:
    """Return the time zone that the browser told, UTC where it told none."""
    zone = request.COOKIES.get(ZONE_COOKIE, "UTC")
    return zone if zone in available_timezones() else "UTC"


EMAIL_LABEL = _("E-mail address")


class SignInForm(LoginForm):  # type: ignore[misc]
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = EMAIL_LABEL


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Name, address, password: all that an account needs."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    field_order = ("name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = EMAIL_LABEL

    def save(self, request: HttpRequest) -> AbstractBaseUser:
        """Open the account by the action that every door uses."""
        data = self.cleaned_data
        user = open_account(
            data["email"],
            data["name"],
            data["password1"],
            locale=translation.get_language() or "en",
            time_zone=zone_of_browser(request),
        )
        setup_user_email(request, user, [EmailAddress(email=user.email, primary=True)])
        return user


class SetupForm(forms.Form):
    """The first administrator and the first organisation."""

    name = forms.CharField(
        label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(label=EMAIL_LABEL, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; a sentence is good."),
    )
    organisation = forms.CharField(
        label=_("Your organisation"),
        max_length=120,
        required=False,
        help_text=_("The company or institution that will pose problems. You can add others later."),
    )


class AccountForm(forms.Form):
    """How a person wants to be addressed."""

    name = forms.CharField(label=_("Your name"), max_length=80)
    locale = forms.ChoiceField(label=_("Language"), choices=[("en", "English"), ("fr", "Français")])
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=ZONES,
        widget=LongSelect,
        help_text=_("All times are shown on these clocks."),
    )
    mail_wanted = forms.BooleanField(
        label=_("Send me messages by e-mail too"),
        required=False,
        help_text=_("The inbox receives them in any case."),
        disabled=not settings.MAIL_ON,
    )


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(label=_("What is it for?"), max_length=80, help_text=_("For example: my laptop"))
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.READ, Scope.SUBMIT],
    )


class OrganisationForm(forms.Form):
    """A new organisation."""

    name = forms.CharField(label=_("Name"), max_length=120)
    owner_email = forms.EmailField(
        label=_("E-mail address of its owner"), required=False, help_text=_("Left empty, you are the owner.")
    )


class AppointForm(forms.Form):
    """A role for a person in an organisation."""

    email = forms.EmailField(label=EMAIL_LABEL)
    role = forms.ChoiceField(label=_("Role"), choices=OrganisationRole.choices)
