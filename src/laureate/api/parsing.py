"""Reading what is sent: text that no database keeps, and numbers that are none, are refused at the door."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.errors import HttpError
from ninja.parser import Parser

UNREADABLE = "NUL characters, halves of characters, NaN and infinities cannot be kept"


class StrictParser(Parser):
    """JSON by the letter, and no text with NUL characters or halves of surrogate pairs."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the value of a JSON body; raises HttpError 400 (the caller does so for what is no JSON)."""
        value = json.loads(request.body, parse_constant=_refuse)
        _require_sound(value)
        return value  # type: ignore[no-any-return]

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return the values of a query or form by name.

        Raises:
            HttpError: 400 for text that cannot be kept.

        """
        values = super().parse_querydict(data, list_fields, request)
        _require_sound(values)
        return values


def _refuse(_: str) -> NoReturn:
    raise HttpError(400, UNREADABLE)


def _require_sound(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            _refuse(value)
    elif isinstance(value, float):
        if not math.isfinite(value):
            _refuse(str(value))
    elif isinstance(value, dict):
        for name, part in value.items():
            _require_sound(name)
            _require_sound(part)
    elif isinstance(value, list):
        for part in value:
            _require_sound(part)
