"""The captured mails: one JSON object a line, written by the local SES, read by the runner's pages."""

import html
import json
import re
from datetime import datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"')\]]+")
_TEMPLATE_TAG = "template"


def from_mime(raw: bytes, recipients: list[str], tags: dict[str, str], sent_at: datetime) -> dict[str, Any]:
    """The record of a mail sent as MIME. `recipients` are the envelope's, the To header's when empty."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    headers = {name: str(value) for name, value in message.items()}
    return _record(
        to=recipients or [str(message["to"] or "")],
        sender=str(message["from"] or ""),
        subject=str(message["subject"] or ""),
        text=_part(message, "plain"),
        html_body=_part(message, "html"),
        headers=headers,
        tags=tags,
        sent_at=sent_at,
    )


def from_parts(
    sender: str,
    recipients: list[str],
    content: dict[str, Any],
    headers: dict[str, str],
    tags: dict[str, str],
    sent_at: datetime,
) -> dict[str, Any]:
    """The record of a mail sent as SES's `Simple` content: Subject, Body.Text, Body.Html, each with Data."""
    body = content.get("Body") or {}
    return _record(
        to=recipients,
        # SES takes a name that is not ASCII as the header has it: in words of RFC 2047.
        sender=str(make_header(decode_header(sender))),
        subject=str((content.get("Subject") or {}).get("Data", "")),
        text=str((body.get("Text") or {}).get("Data", "")),
        html_body=str((body.get("Html") or {}).get("Data", "")),
        headers=headers,
        tags=tags,
        sent_at=sent_at,
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _record(
    *,
    to: list[str],
    sender: str,
    subject: str,
    text: str,
    html_body: str,
    headers: dict[str, str],
    tags: dict[str, str],
    sent_at: datetime,
) -> dict[str, Any]:
    links = [html.unescape(link) for link in _HREF.findall(html_body)] + _URL.findall(text)
    named = {name.lower(): value for name, value in headers.items()}
    return {
        "to": ", ".join(to),
        "from": sender,
        "subject": subject,
        "html": html_body,
        "text": text,
        "links": [link for link in dict.fromkeys(links) if link.startswith(("http://", "https://"))],
        "headers": headers,
        "template": tags.get(_TEMPLATE_TAG) or named.get("x-template") or named.get("x-mail-template"),
        "sent_at": sent_at.isoformat().replace("+00:00", "Z"),
    }


class Mailbox:
    """The file of captured mails. One process appends, another reads what is new since it last looked."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._mails: list[dict[str, Any]] = []

    def append(self, record: dict[str, Any]) -> None:
        """Keep one more mail."""
        with self._path.open("ab") as file:
            file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")

    def find(self, to: str | None = None, template: str | None = None) -> list[dict[str, Any]]:
        """The mails to an address (of a template), newest first; each with its number as `id`."""
        self._catch_up()
        wanted = to.lower() if to else None
        return [
            mail
            for mail in reversed(self._mails)
            if (wanted is None or wanted in mail["to"].lower())
            and (template is None or mail["template"] == template)
        ]

    def _catch_up(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                self._mails.append({"id": len(self._mails) + 1, **json.loads(line)})
