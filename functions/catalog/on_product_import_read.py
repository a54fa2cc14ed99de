"""product_import.read — take the products of a file all together or not at all, or only say what would happen."""

from shared.catalog.spreadsheets import importing
from shared.catalog.spreadsheets.events import ProductImportReadV1
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_product_import_read(fact: ProductImportReadV1, work: Work) -> None:
    importing.take_whole(work, fact.job_id)


handler = consumer(on_product_import_read, listens=ProductImportReadV1)
