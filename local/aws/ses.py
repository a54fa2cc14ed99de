"""Reads SES's requests as they pass, so that each sent mail is captured whole."""

import base64
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import orjson

from local.aws import mailbox

SEND_PATH = "/v2/email/outbound-emails"


def captured(path: str, body: bytes, sent_at: datetime) -> dict[str, Any] | None:
    """The record of the mail that this request sends; None when it sends none."""
    if path == SEND_PATH:
        return _version_2(orjson.loads(body), sent_at)
    form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    match form.get("Action"):
        case "SendRawEmail":
            raw = base64.b64decode(form.get("RawMessage.Data", ""))
            return mailbox.from_mime(raw, _members(form, "Destinations.member"), _form_tags(form), sent_at)
        case "SendEmail":
            content = {
                "Subject": {"Data": form.get("Message.Subject.Data", "")},
                "Body": {
                    kind: {"Data": form.get(f"Message.Body.{kind}.Data", "")} for kind in ("Text", "Html")
                },
            }
            recipients = _members(form, "Destination.ToAddresses.member")
            return mailbox.from_parts(
                form.get("Source", ""), recipients, content, {}, _form_tags(form), sent_at
            )
    return None


def _version_2(call: dict[str, Any], sent_at: datetime) -> dict[str, Any] | None:
    destination = call.get("Destination") or {}
    recipients = [
        address
        for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
        for address in destination.get(kind) or ()
    ]
    tags = {tag["Name"]: tag["Value"] for tag in call.get("EmailTags") or ()}
    content = call.get("Content") or {}
    if "Raw" in content:
        return mailbox.from_mime(base64.b64decode(content["Raw"]["Data"]), recipients, tags, sent_at)
    if "Simple" in content:
        simple = content["Simple"]
        headers = {header["Name"]: header["Value"] for header in simple.get("Headers") or ()}
        sender = str(call.get("FromEmailAddress", ""))
        return mailbox.from_parts(sender, recipients, simple, headers, tags, sent_at)
    return None


def _members(form: dict[str, str], prefix: str) -> list[str]:
    return [form[name] for name in sorted(form) if name.startswith(prefix + ".")]


def _form_tags(form: dict[str, str]) -> dict[str, str]:
    return {
        form[name]: form[name.removesuffix("Name") + "Value"]
        for name in form
        if name.startswith("Tags.member.") and name.endswith(".Name")
    }
