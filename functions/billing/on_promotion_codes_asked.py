"""promotion_codes.asked — draw a promotion's unique codes, and keep them in a file that staff can fetch by a link."""

from shared.billing.promotions import unique_codes
from shared.billing.promotions.events import PromotionCodesAskedV1
from shared.billing.promotions.unique_codes import Stored, Written
from shared.platform.doors import Steps, consumer
from shared.platform.work import Work


def record(fact: PromotionCodesAskedV1, work: Work) -> Written | None:
    return unique_codes.draw(work, fact.job_id)


def reach(written: Written) -> Stored:
    return unique_codes.store(written)


def settle(written: Written, stored: Stored, work: Work) -> None:
    unique_codes.finish(work, written)


handler = consumer(Steps(record, reach, settle), listens=PromotionCodesAskedV1)
