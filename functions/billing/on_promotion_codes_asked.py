"""promotion_codes.asked — draw a promotion's unique codes, and keep them in a file that staff can fetch by a link."""

from shared.billing.promotions import unique_codes
from shared.billing.promotions.events import PromotionCodesAskedV1
from shared.platform import csv_files
from shared.platform.csv_files import Stored, Written
from shared.platform.doors import Steps, consumer
from shared.platform.work import Work


def record(fact: PromotionCodesAskedV1, work: Work) -> Written | None:
    return unique_codes.draw(work, fact.job_id)


def reach(written: Written) -> Stored:
    return csv_files.store(written)


def settle(written: Written, stored: Stored, work: Work) -> None:
    csv_files.finish(work, written)


handler = consumer(Steps(record, reach, settle), listens=PromotionCodesAskedV1)
