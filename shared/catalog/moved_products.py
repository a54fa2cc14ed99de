"""Products that are asked for by an address they had."""

from shared.catalog.redirects import PERMANENT, find
from shared.catalog.refusals import ProductElsewhere, ProductGone, ProductMoved
from shared.platform.work import Work

# Where the shop's front shows products, and where we do.
_FRONT, _HERE = "/products/", "/v1/store/products/"


def check_moved(work: Work, slug: str) -> None:
    """Raise ProductMoved or ProductElsewhere, with the address to ask instead, or ProductGone, when the shop leads on from there."""
    found = find(work, f"{_FRONT}{slug}")
    if found is None:
        return
    if found.to_path is None:
        raise ProductGone
    if found.to_path.startswith(_FRONT):
        moved = ProductMoved if found.status == PERMANENT else ProductElsewhere
        raise moved(location=f"{_HERE}{found.to_path.removeprefix(_FRONT)}")
