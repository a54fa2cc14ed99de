"""Links that end mails nobody needs, and the page behind them.

A link is opened by people, by their mail client (RFC 8058: a POST without a page) and by machines that look into every link; so
opening it changes nothing, and only a POST does.
"""

import base64
import hashlib
from html import escape
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field, StringConstraints

from shared.kernel.languages import preferred_language
from shared.kernel.refusals import NotFound
from shared.platform.brands import Brand
from shared.platform.http import HttpRequest, HttpResponse
from shared.platform.links import naming
from shared.platform.models import Query
from shared.platform.settings import settings

PATH = "/v1/notifications/unsubscribe"

_STYLE = (
    "body{font:17px/1.6 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1.5rem;color:#1c1b19;background:#f4f1ea}"
    "h1{font:bold 1.6rem/1.3 Georgia,serif}"
    "button{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:9px;background:#1f4d3a;color:#fff;cursor:pointer}"
)
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
    "<title>{title} · {brand}</title><style>{style}</style></head>"
    "<body><p>{brand}</p><h1>{title}</h1><p>{words}</p>{form}</body></html>\n"
)
_FORM = '<form method="post"><button type="submit">{label}</button></form>'
_LABELS = {"fr": "Ne plus recevoir ces messages", "en": "No more of these messages"}
_WORDS = {
    "fr": {
        "ask": (
            "Ne plus recevoir ces messages ?",
            "Un clic suffit, et nous ne vous écrirons plus à ce sujet.",
        ),
        "done": ("C’est fait", "Vous ne recevrez plus ces messages."),
    },
    "en": {
        "ask": ("No more of these messages?", "One click, and we will not write to you about this any more."),
        "done": ("Done", "You will not receive these messages any more."),
    },
}


class UnsubscribeLink(Query):
    """What a link says: the `token` names the mails and the address that they go to."""

    token: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z_]{1,40}\.[A-Za-z0-9_-]{1,120}$"),
        Field(examples=["restock.Vd7Vh0mWbY2kXzJq4nLr8sTcPf1aGeUo3iKw9yBxQ5M"]),
    ]
    brand: str = ""


class UnsubscribeLinkUnknown(NotFound):
    """This link is not one of ours, or its time is over."""


def unsubscribe_link(brand: Brand, topic: str, token: str) -> str:
    """The link by which mails about `topic` end; `token` is known to the context that sends them. Raises LookupError without
    a PUBLIC_URL."""
    base = settings().public_url.rstrip("/")
    if not base:
        raise LookupError("PUBLIC_URL is not set")
    return f"{naming(base + PATH, brand)}&{urlencode({'token': f'{topic}.{token}'})}"


def topic_and_token(link: UnsubscribeLink) -> tuple[str, str]:
    """What the link's token was made of."""
    topic, _, token = link.token.partition(".")
    return topic, token


def page(brand: Brand, request: HttpRequest, *, done: bool) -> HttpResponse:
    """The page that asks whether to unsubscribe, or says that it is done, in the browser's language or the brand's."""
    wanted = (preferred_language(request.headers.get("accept-language", "")) or "", brand.locale)
    language = next((tag[:2] for tag in wanted if tag[:2] in _WORDS), "en")
    title, told = _WORDS[language]["done" if done else "ask"]
    form = "" if done else _FORM.format(label=escape(_LABELS[language]))
    body = _PAGE.format(
        language=language, title=escape(title), brand=escape(brand.name), style=_STYLE, words=escape(told), form=form
    )  # fmt: skip
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": _POLICY,
        "cache-control": "no-store",
    }
    return HttpResponse(200, body, headers)


def wants_page(request: HttpRequest) -> bool:
    """Whether a person's browser asks, not a mail client."""
    return "text/html" in request.headers.get("accept", "")
