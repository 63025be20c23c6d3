"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from laureate.web.post import pages

urlpatterns = [
    path("inbox", pages.inbox, name="inbox"),
    path("inbox/read", pages.read_inbox, name="read_inbox"),
]
