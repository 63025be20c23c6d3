"""The application for WSGI servers, for those who bring their own."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "laureate.config.settings")
application = get_wsgi_application()
