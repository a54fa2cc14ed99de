"""The shop's sitemap (sitemaps.org): its categories and products, in files of at most 50,000 addresses."""

from xml.sax.saxutils import escape

from shared.platform.work import Work

MOST_URLS = 50_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

# What is not to be indexed is not named, and neither is what says that its content has another address.
_SHOWN = """
    SELECT {columns}
      FROM catalog.{table} x
     WHERE {condition} AND NOT EXISTS (
           SELECT FROM catalog.seo_metadata s
            WHERE s.brand_id = x.brand_id AND s.entity_type = '{type}' AND s.entity_id = x.{id}
              AND (s.noindex OR s.canonical_url IS NOT NULL AND s.canonical_url <> %(store)s || '/{path}/' || x.slug))
"""
_CATEGORIES = _SHOWN.format(
    columns="0 AS kind, x.id, 'categories/' || x.slug AS path, coalesce(x.updated_at, x.created_at) AS changed_at",
    table="categories", condition="true", type="category", id="id", path="categories",
)  # fmt: skip
_PRODUCTS = _SHOWN.format(
    columns="1 AS kind, x.product_id AS id, 'products/' || x.slug AS path, x.published_at AS changed_at",
    table="product_listings", condition="x.published_at <= %(now)s", type="product", id="product_id", path="products",
)  # fmt: skip
_COUNT = f"SELECT count(*) FROM ({_CATEGORIES} UNION ALL {_PRODUCTS}) u"
# Slugs and dates hold nothing that XML would have escaped.
_PART = f"""
    SELECT string_agg('<url><loc>' || %(escaped)s || '/' || u.path || '</loc><lastmod>'
                      || to_char(greatest(u.changed_at, p.updated_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD') || '</lastmod></url>',
                      E'\\n' ORDER BY u.kind, u.id)
      FROM (SELECT * FROM ({_CATEGORIES} UNION ALL {_PRODUCTS}) x ORDER BY kind, id LIMIT %(limit)s OFFSET %(offset)s) u
      LEFT JOIN catalog.products p ON u.kind = 1 AND p.id = u.id
"""


def parts(work: Work) -> int:
    """How many files the sitemap needs; 1 for an empty shop."""
    total = int(work.value(_COUNT, now=work.now, store=work.brand.store_url))
    return max(1, -(-total // MOST_URLS))


def write_part(work: Work, number: int) -> str:
    """The addresses of one part, from 1."""
    store = work.brand.store_url
    urls = work.value(
        _PART,
        now=work.now,
        store=store,
        escaped=escape(store),
        limit=MOST_URLS,
        offset=(number - 1) * MOST_URLS,
    )
    return f'{_HEAD}<urlset xmlns="{_NAMESPACE}">\n{urls or ""}\n</urlset>\n'


def write_index(base: str, count: int) -> str:
    """Where the parts are: `base` with `?part=`. Pure."""
    named = (f"<sitemap><loc>{escape(base)}?part={number}</loc></sitemap>" for number in range(1, count + 1))
    return f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">\n' + "\n".join(named) + "\n</sitemapindex>\n"
