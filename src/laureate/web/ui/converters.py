"""Parts of addresses."""

from __future__ import annotations

from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """The number of a row: no more digits than a database can hold."""

    regex = "[0-9]{1,18}"
