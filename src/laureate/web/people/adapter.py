"""How the library of accounts works on this platform."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sends mail only where there is a mail server: accounts work without one."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Send a mail of the account library, or nothing where mail is off."""
        if settings.MAIL_ON:
            super().send_mail(template_prefix, email, context)

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return whether strangers may open an account: always, on an open platform."""
        return True
