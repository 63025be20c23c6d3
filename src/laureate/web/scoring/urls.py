"""Addresses of scoring."""

from __future__ import annotations

from django.urls import path

from laureate.web.scoring import pages

urlpatterns = [path("challenges/<slug:slug>/board", pages.leaderboard, name="leaderboard")]
