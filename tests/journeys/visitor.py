"""Somebody with an account, or on the way to one, over HTTP."""

import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from local.demo.brands import PASSWORD
from tests.journeys.local_run import LocalRun


class Visitor:
    """Somebody with a mailbox of their own; `session` is what was last answered of theirs."""

    def __init__(self, run: LocalRun, email: str = "") -> None:
        self.run = run
        self.email = email or f"{uuid.uuid4().hex[:12]}@example.com"
        self.session: dict[str, Any] = {}

    def post(self, path: str, **body: Any) -> httpx.Response:
        """A POST, signed in when they are."""
        return self.run.http.post(path, json=body, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        """What shows who they are."""
        token = self.session.get("access_token")
        return {"Authorization": f"Bearer {token}"} if token else {}

    def register(self) -> httpx.Response:
        """Open an account."""
        names = {"first_name": "Ada", "last_name": "Byron", "accepted_terms": True}
        answer = self.post("/v1/auth/register", email=self.email, password=PASSWORD, **names)
        assert answer.status_code == 201, answer.text + self.run.logs()
        self.session = answer.json()["session"]
        return answer

    def log_in(self, password: str = PASSWORD) -> httpx.Response:
        """Sign in by the shop's door."""
        self.session = {}
        answer = self.post("/v1/auth/login", email=self.email, password=password)
        if answer.status_code == 200:
            self.session = answer.json()
        return answer

    def get(self, path: str) -> httpx.Response:
        """What they are answered."""
        return self.run.http.get(path, headers=self.headers)

    def mail(self, template: str) -> dict[str, Any]:
        """The latest mail of this kind."""
        self.run.settle()
        return self.run.mails(self.email, template)[0]

    def token(self, template: str) -> str:
        """The token in the latest mail of this kind."""
        return next(found for link in self.mail(template)["links"] if (found := _token(link)))

    def verified(self) -> "Visitor":
        """With an address that is theirs."""
        self.register()
        answer = self.post("/v1/auth/verify-email", token=self.token("email_verification"))
        assert answer.status_code == 200, answer.text
        return self

    def is_in(self) -> bool:
        """Whether their session opens anything."""
        return self.run.http.get("/v1/me/sessions", headers=self.headers).status_code == 200


def _token(link: str) -> str:
    return parse_qs(urlsplit(link).query).get("token", [""])[0]
