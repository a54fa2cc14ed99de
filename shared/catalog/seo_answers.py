"""What search engines are told of a product or a category: what staff have written, else what follows from the thing itself. Pure."""

import re

from shared.catalog.cards import Json

# What search engines show of a description.
_META_LENGTH = 160


def seo_of(given: Json | None, *, title: str, own_url: str, text: str = "", image: str | None = None) -> Json:
    """A `products.Seo`; `given` is a row of `seo_metadata`."""
    given = given or {}
    return {
        "title": given.get("meta_title") or title,
        "description": given.get("meta_description") or shortened(text),
        "canonical_url": given.get("canonical_url") or own_url,
        "og_image": given.get("og_image") or image,
        "noindex": bool(given.get("noindex")),
    }


def plain_text(markup: str) -> str:
    """HTML without its tags, on one line."""
    # Imported here, with its two thousand names of characters: hardly any product lacks a short description.
    import html

    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def shortened(text: str) -> str:
    """As much of a text as search engines show, ended at a word."""
    if len(text) <= _META_LENGTH:
        return text
    return text[:_META_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
