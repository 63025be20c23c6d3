"""Looking a key up in a mapping, which templates cannot do by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Return the value of ``key``, an empty text where there is none."""
    return mapping.get(key, "")
