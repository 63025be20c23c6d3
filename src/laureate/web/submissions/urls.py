"""Addresses of submissions."""

from __future__ import annotations

from django.urls import path

from laureate.web.submissions import pages, team_pages

urlpatterns = [
    path("mine", pages.mine, name="mine"),
    path("challenges/<slug:slug>/join", pages.join_challenge, name="join_challenge"),
    path("challenges/<slug:slug>/submit", pages.submit_entry, name="submit_entry"),
    path("challenges/<slug:slug>/entries", pages.entries, name="entries"),
    path("host/<slug:slug>/entries", pages.received_entries, name="received_entries"),
    path("entries/<id:entry_id>", pages.entry_page, name="entry_page"),
    path("entries/<id:entry_id>/receipt", pages.receipt, name="receipt"),
    path("entries/<id:entry_id>/file", pages.entry_file, name="entry_file"),
    path("entries/<id:entry_id>/cancel", pages.cancel_entry, name="cancel_entry"),
    path("entries/<id:entry_id>/select", pages.select_entry, name="select_entry"),
    path("entries/<id:entry_id>/release", pages.release_entry, name="release_entry"),
    path("challenges/<slug:slug>/team", team_pages.team, name="team"),
    path("challenges/<slug:slug>/team/name", team_pages.rename_team, name="rename_team"),
    path("challenges/<slug:slug>/team/invite", team_pages.invite_member, name="invite_member"),
    path("challenges/<slug:slug>/team/merge", team_pages.propose_merge, name="propose_merge"),
    path("challenges/<slug:slug>/team/merge/<id:merge_id>", team_pages.answer_merge, name="answer_merge"),
    path("invitations/<str:code>", team_pages.read_invitation, name="read_invitation"),
    path("invitations/<str:code>/accept", team_pages.accept_invitation, name="accept_invitation"),
]
