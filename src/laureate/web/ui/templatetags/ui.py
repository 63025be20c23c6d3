"""What templates need beyond Django's own: numbers, times, faults, Markdown and charts."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from laureate.engine.faults import Fault
from laureate.web.ui import charts
from laureate.web.ui.markdown import as_html

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400


@register.filter
def score(value: float | None, precision: int = 4) -> str:
    """Return a score with the decimals of its metric, in the reader's notation; a dash for none."""
    if value is None:
        return "–"
    text = formats.number_format(value, decimal_pos=precision, use_l10n=True, force_grouping=False)
    return text.replace("-", "−", 1) if text.startswith("-") else text


@register.filter
def whole(value: int | None) -> str:
    """Return a whole number with the reader's thousands separators."""
    return (
        "–"
        if value is None
        else formats.number_format(value, decimal_pos=0, use_l10n=True, force_grouping=True)
    )


@register.filter
def size(value: int) -> str:
    """Return a number of bytes in units that people read."""
    amount = float(value)
    for unit in (gettext("B"), gettext("kB"), gettext("MB")):
        if amount < 1000:
            return f"{formats.number_format(amount, 0 if amount >= 10 or unit == gettext('B') else 1)} {unit}"
        amount /= 1000
    unit = gettext("GB")
    return f"{formats.number_format(amount, 1)} {unit}"


@register.filter
def when(value: datetime | None) -> SafeString | str:
    """Return an instant on the reader's clocks, with the zone; the machine's form in ``datetime``."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    text = f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.filter
def day(value: datetime | None) -> SafeString | str:
    """Return the day of an instant on the reader's clocks."""
    if value is None:
        return "–"
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(), formats.date_format(local, "DATE_FORMAT")
    )


@register.filter
def short_day(value: datetime) -> str:
    """Return day and month, for the axis of a chart."""
    return formats.date_format(timezone.localtime(value), "MONTH_DAY_FORMAT")


@register.filter
def on_clocks_of(value: datetime, zone: str) -> str:
    """Return an instant on the clocks of an IANA zone, with the zone."""
    local = value.astimezone(ZoneInfo(zone))
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def span_in_words(seconds: float) -> str:
    """Return a span in its two largest units: ``16 d 4 h``, ``4 h 12 min``, ``12 min``."""
    left = max(0, int(seconds))
    days, hours, minutes = left // DAY, left % DAY // HOUR, left % HOUR // MINUTE
    if days >= 14:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if days:
        return gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return gettext("%(minutes)d min") % {"minutes": minutes}


@register.filter
def span(value: timedelta) -> str:
    """Return a span of time in words."""
    return span_in_words(value.total_seconds())


@register.filter
def distance(value: datetime | None, now: datetime | None = None) -> str:
    """Return how far away an instant is: ``in 4 h 12 min`` or ``3 h 5 min ago``."""
    if value is None:
        return "–"
    seconds = (value - (now or timezone.now())).total_seconds()
    if seconds >= 0:
        return gettext("in %(span)s") % {"span": span_in_words(seconds)}
    if seconds > -MINUTE:
        return gettext("just now")
    return gettext("%(span)s ago") % {"span": span_in_words(-seconds)}


@register.filter
def left_until(value: datetime, now: datetime | None = None) -> str:
    """Return how long it is until an instant: ``4 h 12 min``."""
    return span_in_words((value - (now or timezone.now())).total_seconds())


@register.filter
def markdown(text: str | None) -> SafeString:
    """Return Markdown as sanitised HTML."""
    return mark_safe(as_html(text or ""))  # noqa: S308 – sanitised by nh3


@register.filter
def said(fault: Fault) -> str:
    """Return what a fault says, in the reader's language."""
    return fault.said(gettext)


@register.filter
def mend(fault: Fault) -> str:
    """Return how a fault is mended, in the reader's language."""
    return fault.mend(gettext)


@register.filter
def words(template_text: str) -> str:
    """Return a marked text of the engine in the reader's language."""
    return gettext(template_text) if template_text else ""


@register.filter
def rules_as_list(doc: str) -> str:
    """Return a metric's docstring with its rules (``Ties: …``) as a Markdown list."""
    return re.sub(r"^([A-Z][a-z]+): ", r"- **\1**: ", doc, flags=re.MULTILINE)


@register.filter
def short_digest(sha256: str) -> str:
    """Return the first half-line of a digest; the whole stands in its title."""
    return f"{sha256[:12]}…"


@register.simple_tag(takes_context=True)
def here(context: template.Context, name: str) -> SafeString:
    """Mark the link to the page that is being looked at."""
    request: HttpRequest | None = context.get("request")
    match = getattr(request, "resolver_match", None)
    return mark_safe(' aria-current="page"') if match and match.url_name == name else mark_safe("")


@register.simple_tag
def sparkline(trail: Any, higher: bool) -> SafeString:
    """Draw a team's trail."""
    chart = charts.sparkline([(point.time, point.score) for point in trail], higher=higher)
    if chart.last is None:
        return mark_safe("")
    said = ngettext("%(count)d scored entry", "%(count)d scored entries", len(trail)) % {"count": len(trail)}
    return chart.as_svg(said)


@register.simple_tag
def interval_bar(axis: charts.IntervalAxis, row: Any) -> SafeString:
    """Draw a score with its interval on the board's scale."""
    return axis.bar(row.score, row.low, row.high).as_svg()
