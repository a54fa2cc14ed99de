"""product_import.advanced — let the next products of a file have their turn."""

from shared.catalog.spreadsheets import importing
from shared.catalog.spreadsheets.events import ProductImportAdvancedV1
from shared.platform.doors import consumer
from shared.platform.work import Work


def on_product_import_advanced(fact: ProductImportAdvancedV1, work: Work) -> None:
    importing.take_batch(work, fact.job_id)


handler = consumer(on_product_import_advanced, listens=ProductImportAdvancedV1)
