"""What the tests of carts share: the provider that mails are handed to."""

from typing import Any

import pytest

from functions.notifications.on_mail_queued import handler as on_mail_queued
from shared.notifications import ses
from shared.notifications.sending import SendOutcome
from shared.platform.settings import forget
from tests.gateway import Bus, batch


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the provider was handed."""
    messages: list[Any] = []

    def take(message: Any) -> SendOutcome:
        messages.append(message)
        return SendOutcome(result="sent", provider_message_id=f"m{len(messages)}")

    monkeypatch.setattr(ses, "hand_over", take)
    monkeypatch.setenv("MAIL_FROM", "boutique@maison.example")
    forget()
    return messages


def deliver(bus: Bus) -> None:
    """Give all mails that were ever queued to the sender."""
    bus.relay()
    assert on_mail_queued(batch(bus.of("mail.queued")), None) == {"batchItemFailures": []}
