"""Answering an erasure: what a context did is told, and once all have, the account goes, and the person gets a certificate."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.identity import certificate_keys, erasing, privacy_runs
from shared.identity.events import ErasureStartedV1, KeptPart, PersonalDataErasedV1
from shared.identity.issuer import issuer
from shared.identity.privacy_requests import person_of
from shared.kernel.retention_law import ACCOUNTABILITY
from shared.notifications import mails
from shared.notifications.privacy import ANSWER_KEPT
from shared.notifications.templates.erasure_done.variables import ErasureDoneV1
from shared.notifications.templates.erasure_done.variables import KeptPart as MailedPart
from shared.platform.models import Pending
from shared.platform.personal_data import Erased, Kept, Person
from shared.platform.work import Work
from shared.privacy import certificate, ledger
from shared.privacy.downloads import download_link
from shared.privacy.holders import FIRST, LAST, PLANS


class Closing(Pending):
    """An erasure that is done here and has yet to reach the ledger, the archives of earlier exports, and the provider."""

    request_id: UUID
    run: int
    key: str
    content: str
    exports: list[str]
    to_redact: list[str]


def answer_key(request_id: UUID) -> str:
    """The key of the mail that answers an erasure."""
    return f"erasure_done:{request_id}"


def erase_and_tell(
    work: Work, fact: ErasureStartedV1, holder: str, erase: Callable[[Work, Person], Erased]
) -> None:
    """Erase what one context holds of the person, and tell it."""
    person = replace(person_of(work, fact.privacy_request_id), order_ids=tuple(fact.order_ids))
    done = erase(work, person)
    work.tell(
        PersonalDataErasedV1(
            privacy_request_id=fact.privacy_request_id,
            run=fact.run,
            holder=holder,
            rows=done.rows,
            kept=[KeptPart(what=each.what, law=each.law, until=each.until) for each in done.kept],
        ),
        key=str(fact.privacy_request_id),
    )


def note(work: Work, fact: PersonalDataErasedV1) -> Closing | None:
    """Keep what a context did; once it was the last one, erase the account and sign the certificate. Safe to repeat."""
    running = privacy_runs.lock_running(work, fact.privacy_request_id, fact.run)
    if running is None:
        return None
    kept = tuple(Kept(each.what, each.law, each.until) for each in fact.kept)  # type: ignore[arg-type]
    told = Erased(fact.rows, kept)
    parts = privacy_runs.note_part(work, running.id, fact.run, fact.holder, told)
    if parts is None or not parts.keys() >= FIRST:
        return None
    if running.certificate is None:
        _erase_last(work, running)
        running = privacy_runs.lock_running(work, running.id, running.runs)
    return _closing(work, running)


def _erase_last(work: Work, running: Any) -> None:
    person = person_of(work, running.id)
    erased = erasing.erase(work, person, running.asked_at)
    if running.contact is not None:
        answer = Kept("answer", ACCOUNTABILITY, work.now + ANSWER_KEPT)
        erased = replace(erased, kept=(*erased.kept, answer))
    parts = privacy_runs.note_part(work, running.id, running.runs, LAST, erased)
    assert parts is not None
    says = certificate.payload(
        issuer=issuer(),
        brand=work.brand,
        request_id=running.id,
        run=running.runs,
        person=person,
        asked_at=running.asked_at,
        done_at=work.now,
        plans=PLANS,
        parts=parts,
        kept=certificate.kept_of(parts),
    )
    key = ledger.key_of(work.brand.id, running.id)
    privacy_runs.keep_certificate(work, running.id, certificate_keys.sign(work, says), key)
    work.audit(action="identity.erase_person", resource={"privacy_request_id": running.id})


def _closing(work: Work, running: Any) -> Closing:
    says = certificate_keys.read(running.certificate)
    return Closing(
        request_id=running.id,
        run=running.runs,
        key=running.object_key,
        content=ledger.document(running.certificate, says).decode(),
        exports=privacy_runs.export_keys(work, running.user_id),
        to_redact=erasing.sessions_to_redact(work, running.user_id, running.asked_at),
    )


def finish(work: Work, closing: Closing) -> None:
    """The ledger knows: the request is answered, and the person gets the last mail."""
    running = privacy_runs.lock_running(work, closing.request_id, closing.run)
    if running is None:
        return
    erasing.forget_checks(work, closing.to_redact)
    kept = certificate.kept_of(running.parts)
    token = privacy_runs.complete(
        work,
        closing.request_id,
        object_key=closing.key,
        downloadable=running.contact is not None,
        look_again_at=certificate.look_again_at(kept, work.now),
    )
    if token is not None:
        _mail(work, running, kept, token, work.now + privacy_runs.DOWNLOADABLE)


def _mail(work: Work, running: Any, kept: list[Kept], token: str, expires_at: datetime) -> None:
    mails.queue(
        work,
        ErasureDoneV1(
            done_at=work.now,
            kept=tuple(MailedPart(what=each.what, law=each.law, until=each.until) for each in kept),
            link=download_link(work.brand, token),
            expires_at=expires_at,
        ),
        to=running.contact,
        locale=running.locale,
        key=answer_key(running.id),
    )
