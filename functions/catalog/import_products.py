"""POST /v1/admin/products/import — take up products from a file in Shopify's CSV: a job, and the form by which its file is sent."""

from typing import Literal
from uuid import UUID

from shared.catalog.spreadsheets import ordering
from shared.catalog.spreadsheets.ordering import ProductImport
from shared.identity.callers import Staff
from shared.platform.doors import endpoint
from shared.platform.models import Response
from shared.platform.uploads import UploadForm
from shared.platform.work import Work


class ImportOpened(Response):
    """The job, which begins when its file has arrived; GET /v1/admin/jobs/{id} tells how far it is."""

    id: UUID
    status: Literal["waiting"]
    upload: UploadForm


def import_products(ask: ProductImport, caller: Staff, work: Work) -> ImportOpened:
    job_id, form = ordering.open_import(work, ask, caller.user_id)
    return ImportOpened(id=job_id, status="waiting", upload=form)


handler = endpoint("POST", "/v1/admin/products/import", import_products, needs="products:import", status=202)
