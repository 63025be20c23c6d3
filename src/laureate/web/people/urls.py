"""Addresses of people."""

from __future__ import annotations

from django.urls import path

from laureate.web.people import pages

urlpatterns = [
    path("setup", pages.found_platform, name="found_platform"),
    path("account", pages.settle_reader, name="settle_reader"),
    path("account/tokens", pages.tokens, name="tokens"),
    path("account/tokens/<id:token_id>/revoke", pages.revoke_token, name="revoke_token"),
    path("organisations/new", pages.found_organisation, name="found_organisation"),
    path("organisations/<slug:slug>", pages.organisation, name="organisation"),
    path("organisations/<slug:slug>/members", pages.appoint_member, name="appoint_member"),
]
