"""What staff write: titles without invisible tricks, descriptions without script. Pure."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

MAX_HTML = 100_000
_MAX_TITLE, _MAX_SUMMARY, _MAX_NAME = 300, 1000, 100

# Joiners shape emoji and several scripts, marks order mixed text; neither can turn what follows around.
_HARMLESS_FORMATS = frozenset("\u200c\u200d\u200e\u200f")
# Overrides and isolates: they make text read otherwise than it is written (Unicode TR36, "Trojan Source").
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "figcaption",
    "figure", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "mark", "ol", "p", "pre", "q", "s", "small",
    "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# Their content is no text either.
_DROPPED_WHOLE = {
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "title",
    "textarea",
}


def one_line(text: str) -> str:
    """`text` on one line, composed (NFC), without control, private and invisible formatting characters."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(map(_visible, composed)).split())


def sanitised(html: str) -> str:
    """`html` with what texts are made of and nothing that acts: no script, no style, no form, links to the web and to mail only.

    Parsed and written anew as browsers parse (html5ever), so that no mutation of the parsed tree brings anything back.
    """
    # Imported here: only who writes descriptions pays for it.
    import nh3

    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return clean.translate(_TURNING).strip()


def _description(html: str) -> str:
    clean = sanitised(html)
    # Tags that are never closed are closed one by one: a little of them becomes a lot.
    if len(clean) > MAX_HTML:
        raise ValueError(f"this has more than {MAX_HTML} characters once every tag is closed")
    return clean


def _visible(letter: str) -> str:
    match unicodedata.category(letter):
        case "Cc" | "Zl" | "Zp" | "Zs":
            return " "
        case "Cf":
            return letter if letter in _HARMLESS_FORMATS else ""
        case "Cs" | "Co" | "Cn":
            return ""
    return letter


def _legible(text: str) -> str:
    line = one_line(text)
    if not line.strip("\u200c\u200d\u200e\u200f "):
        raise ValueError("there is nothing to read in this")
    return line


Title = Annotated[str, StringConstraints(min_length=1, max_length=_MAX_TITLE), AfterValidator(_legible)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=_MAX_NAME), AfterValidator(_legible)]
Summary = Annotated[str, StringConstraints(max_length=_MAX_SUMMARY), AfterValidator(one_line)]
Html = Annotated[str, StringConstraints(max_length=MAX_HTML), AfterValidator(_description)]
