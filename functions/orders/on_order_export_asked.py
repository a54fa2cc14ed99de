"""order_export.asked — write the orders that were asked for into a file that staff can fetch by a link."""

from shared.orders import exporting
from shared.orders.events import OrderExportAskedV1
from shared.platform import csv_files
from shared.platform.csv_files import Stored, Written
from shared.platform.doors import Steps, consumer
from shared.platform.work import Work


def record(fact: OrderExportAskedV1, work: Work) -> Written | None:
    return exporting.write_file(work, fact.job_id)


def reach(written: Written) -> Stored:
    return csv_files.store(written)


def settle(written: Written, stored: Stored, work: Work) -> None:
    exporting.finish(work, written)


handler = consumer(Steps(record, reach, settle), listens=OrderExportAskedV1)
