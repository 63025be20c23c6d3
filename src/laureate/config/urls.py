"""All addresses of the platform."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from laureate.web import refusals

urlpatterns = [
    path("", include("laureate.web.problem.urls")),
    path("", include("laureate.web.submissions.urls")),
    path("", include("laureate.web.scoring.urls")),
    path("", include("laureate.web.people.urls")),
    path("", include("laureate.web.post.urls")),
    path("", include("laureate.web.journal.urls")),
    path("language", set_language, name="set_language"),
    path("accounts/", include("laureate.web.people.account_urls")),
    path("api/", include("laureate.api.urls")),
]

handler404 = refusals.not_found
handler500 = refusals.server_fault
