"""The application that the web process serves: Django's synchronous pages in threads, on one port."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laureate.config.settings")

THREADS = 32
"""Requests served at once by one process; those that are still arriving hold none of them."""


def make_application() -> Any:
    """Return the ASGI application; imported late, after Django is set up."""
    from a2wsgi import WSGIMiddleware
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler

    from laureate.base.files.limits import longest_body
    from laureate.config.whole import WholeRequests, with_whole_body

    application: Any = with_whole_body(WSGIHandler())
    threads: Any = WSGIMiddleware(application, workers=THREADS)
    return WholeRequests(threads, longest_body(), Path(settings.UPLOADING))
