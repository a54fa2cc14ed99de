"""link.requested — mail the link that somebody has asked for, if an account has the address."""

from shared.identity.events import LinkRequestedV1
from shared.identity.link_mails import answer
from shared.identity.link_requests import wanted
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_link_requested(fact: LinkRequestedV1, work: Work) -> None:
    asked = wanted(work, fact.request_id)
    if asked is not None:
        answer(work, asked)


handler = consumer(on_link_requested, listens=LinkRequestedV1)
