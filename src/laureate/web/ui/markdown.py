"""Markdown of strangers as safe HTML: no raw HTML goes in, and what comes out is sanitised again."""

from __future__ import annotations

from functools import cache, lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "blockquote",
        "br",
        "code",
        "em",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}, "pre": {"tabindex"}}


@cache
def _reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable(
        ["table", "strikethrough"]
    )


@lru_cache(maxsize=256)
def as_html(text: str) -> str:
    """Return the HTML of a Markdown text; its headings start at the second level.

    The page's own title is the first level, so each heading goes down by one. Alignment of table
    cells is an attribute, not a style: inline styles are refused by the content policy.
    """
    reader = _reader()
    tokens = reader.parse(text)
    for token in tokens:
        _settle(token)
    html = reader.renderer.render(tokens, reader.options, {})
    html = html.replace("<pre>", '<pre tabindex="0">')  # whoever has no mouse must be able to scroll it
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        link_rel="nofollow noopener",
        url_schemes={"http", "https", "mailto"},
    )


def _settle(token: Token) -> None:
    if token.tag in {"h1", "h2", "h3", "h4", "h5"}:
        token.tag = f"h{int(token.tag[1]) + 1}"
    style = str(token.attrs.pop("style", ""))
    if style.startswith("text-align:"):
        token.attrs["align"] = style.removeprefix("text-align:")
