"""What the samples about files are about: an image and an import whose files have arrived, and an export that waits for its turn."""

from io import BytesIO
from uuid import UUID

from PIL import Image

from functions._generate.demo import FACTS, OVERRIDES
from shared.catalog.images import NewProductImage, add_image
from shared.catalog.spreadsheets import exporting, ordering
from shared.catalog.spreadsheets.ordering import ProductImport
from shared.platform import s3, uploads
from shared.platform.brands import Brand
from shared.platform.settings import settings
from shared.platform.work import begin

_CSV = b"Handle,Title,Variant SKU,Variant Price\ncarafe,Carafe,CARAFE,24.00\n"


def make_media(brand: Brand) -> dict[str, str]:
    """Rows, by their own ids, under which ids the samples name them; their files lie in the private bucket."""
    with begin(brand, "sample") as work:
        image = add_image(work, UUID(FACTS["product_id"]), NewProductImage(alt="Une carafe")).id
        export = exporting.open_export(work, UUID(FACTS["user_id"]))
        waiting, _ = ordering.open_import(work, ProductImport(), UUID(FACTS["user_id"]))
    named = OVERRIDES["on_import_uploaded"]["upload_id"]
    _put(uploads.key_of("images", brand.id, UUID(FACTS["image_id"])), _picture())
    _put(uploads.key_of("imports", brand.id, UUID(named)), _CSV)
    return {str(image): FACTS["image_id"], str(export): FACTS["job_id"], str(waiting): named}


def _put(key: str, content: bytes) -> None:
    s3.forget()
    s3.client().put_object(Bucket=settings().private_bucket, Key=key, Body=content)
    s3.forget()


def _picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (800, 600), "#a0c0d0").save(written, "JPEG")
    return written.getvalue()
