"""Addresses of the operator."""

from __future__ import annotations

from django.urls import path

from laureate.web.journal import pages

urlpatterns = [
    path("operate", pages.operate, name="operate"),
    path("operate/tasks/<id:task_id>/retry", pages.retry_task, name="retry_task"),
]
