"""Addresses of problems."""

from __future__ import annotations

from django.urls import path

from laureate.web.problem import host_pages, pages

urlpatterns = [
    path("", pages.landing, name="landing"),
    path("challenges", pages.challenges, name="challenges"),
    path("challenges/<slug:slug>", pages.challenge_page, name="challenge_page"),
    path("challenges/<slug:slug>/data", pages.challenge_data, name="challenge_data"),
    path("challenges/<slug:slug>/files/<id:file_id>", pages.challenge_file, name="challenge_file"),
    path("metrics", pages.metrics, name="metrics"),
    path("guide", pages.api_guide, name="api_guide"),
    path("host", host_pages.hosted_challenges, name="hosted_challenges"),
    path("host/new", host_pages.draft_challenge, name="draft_challenge"),
    path("host/import", host_pages.import_challenge, name="import_challenge"),
    path("host/<slug:slug>", host_pages.run_challenge, name="run_challenge"),
    path("host/<slug:slug>/problem", host_pages.revise_challenge, name="revise_challenge"),
    path("host/<slug:slug>/measure", host_pages.set_measure, name="set_measure"),
    path("host/<slug:slug>/files", host_pages.attach_file, name="attach_file"),
    path("host/<slug:slug>/files/<id:file_id>/detach", host_pages.detach_file, name="detach_file"),
    path("host/<slug:slug>/calendar", host_pages.plan_phases, name="plan_phases"),
    path("host/<slug:slug>/staff", host_pages.appoint_staff, name="appoint_staff"),
    path("host/<slug:slug>/staff/<id:user_id>/dismiss", host_pages.dismiss_staff, name="dismiss_staff"),
    path("host/<slug:slug>/check", host_pages.check_challenge, name="check_challenge"),
    path("host/<slug:slug>/publish", host_pages.publish_challenge, name="publish_challenge"),
    path("host/<slug:slug>/close", host_pages.close_challenge, name="close_challenge"),
    path("host/<slug:slug>/finalise", host_pages.finalise_challenge, name="finalise_challenge"),
    path("host/<slug:slug>/withdraw", host_pages.withdraw_challenge, name="withdraw_challenge"),
    path("host/<slug:slug>/export", host_pages.export_challenge, name="export_challenge"),
]
