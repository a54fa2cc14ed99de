"""The pages for people: the local run's front page and the captured mails."""

from pathlib import Path
from typing import Any

import jinja2

from local.aws.mailbox import Mailbox
from local.surface.answers import Refused, page

_FOLDER = Path(__file__).resolve().parents[1] / "pages"
_MAILS_SHOWN = 200
# A captured mail is somebody's HTML: it may show, not run.
_MAIL_POLICY = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src * data:; style-src 'unsafe-inline'"


class Pages:
    """Rendered from local/pages; `facts` are what the front page shows (see local.start)."""

    def __init__(self, mailbox: Mailbox, facts: dict[str, Any]) -> None:
        self._mailbox, self._facts = mailbox, facts
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER), autoescape=True, undefined=jinja2.StrictUndefined
        )

    def home(self) -> bytes:
        """Where everything is."""
        return page(self._templates.get_template("home.html").render(self._facts))

    def mails(self, query: dict[str, str]) -> bytes:
        """The list, and the mail that `id` names, else the newest."""
        found = self._mailbox.find(query.get("to"), query.get("template"))
        chosen = next(
            (mail for mail in found if str(mail["id"]) == query.get("id")), found[0] if found else None
        )
        shown = found[:_MAILS_SHOWN]
        template = self._templates.get_template("mail.html")
        return page(template.render(mails=shown, total=len(found), chosen=chosen, to=query.get("to", "")))

    def mail_body(self, number: str) -> bytes:
        """A mail's own HTML, in its sandbox. Raises Refused."""
        mail = next((mail for mail in self._mailbox.find() if str(mail["id"]) == number), None)
        if mail is None:
            raise Refused(404, "There is no such mail.")
        return page(f'<base target="_blank">{mail["html"]}', policy=_MAIL_POLICY)
