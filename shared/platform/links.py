"""Links that a browser follows: it can send no header, so the link itself names the brand."""

from shared.platform import brands, limits
from shared.platform.brands import Brand
from shared.platform.http import HttpRequest

_QUERY = "brand"


def naming(address: str, brand: Brand) -> str:
    """`address`, which has no query yet, with the brand's name."""
    return f"{address}?{_QUERY}={brand.slug}"


def brand_of_link(request: HttpRequest) -> Brand:
    """The brand of the host, else of the link, else of the header. Raises BrandNotFound."""
    named = request.query.get(_QUERY, [""])
    # Which of several is meant nobody knows; the story refuses them.
    slug = named[0] if len(named) == 1 else ""
    host = request.headers.get("host", "").partition(":")[0]
    slug = slug or request.headers.get("x-brand", "")
    return brands.find_brand(host, slug, lambda: limits.spend_look_up(request.source_ip))
