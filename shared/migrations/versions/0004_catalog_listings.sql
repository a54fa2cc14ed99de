-- One row per active product with all that a list shows of it except stock: reading twenty products is one index walk
-- instead of eight joins. Triggers keep it; nothing else writes it.
CREATE TABLE catalog.product_listings (
    brand_id         uuid        NOT NULL DEFAULT platform.current_brand(),
    product_id       uuid        NOT NULL,
    slug             text        NOT NULL,
    title_key        text        NOT NULL,
    published_at     timestamptz NOT NULL,
    price_amount     bigint,
    primary_category text,
    category_slugs   text[]      NOT NULL,
    tag_slugs        text[]      NOT NULL,
    card             json        NOT NULL,
    PRIMARY KEY (brand_id, product_id),
    UNIQUE (brand_id, slug),
    FOREIGN KEY (brand_id, product_id) REFERENCES catalog.products (brand_id, id) ON DELETE CASCADE
);
CREATE INDEX product_listings_newest ON catalog.product_listings (brand_id, published_at DESC, product_id DESC);
CREATE INDEX product_listings_cheapest ON catalog.product_listings (brand_id, price_amount, product_id);
CREATE INDEX product_listings_titles ON catalog.product_listings (brand_id, title_key, product_id);
CREATE INDEX product_listings_related ON catalog.product_listings (brand_id, primary_category, published_at DESC);

-- Moves by one with every transaction that changed what a brand's shop shows: what was read at a version stays true there.
CREATE TABLE catalog.shop_versions (
    brand_id   uuid   NOT NULL DEFAULT platform.current_brand() PRIMARY KEY,
    version    bigint NOT NULL DEFAULT 1,
    changed_in text   NOT NULL
) WITH (fillfactor = 50);

-- The lock comes first: of two transactions that change one product, the second must see what the first one wrote.
CREATE FUNCTION catalog.refresh_listings(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(changed) = 0 THEN
        RETURN;
    END IF;
    PERFORM FROM catalog.products WHERE id = ANY (changed) ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM catalog.product_listings l USING catalog.products p
     WHERE l.product_id = ANY (changed) AND (p.brand_id, p.id) = (l.brand_id, l.product_id) AND p.status <> 'active';
    INSERT INTO catalog.product_listings AS l
        (brand_id, product_id, slug, title_key, published_at, price_amount, primary_category, category_slugs, tag_slugs, card)
    SELECT p.brand_id, p.id, p.slug,
           lower(replace(regexp_replace(normalize(p.title, NFKD), '[\u0300-\u036f]', '', 'g'), 'œ', 'oe')),
           p.published_at, v.price_amount, c.first, coalesce(c.slugs, '{}'), coalesce(t.slugs, '{}'),
           json_strip_nulls(json_build_object(
               'id', p.id, 'slug', p.slug, 'title', p.title, 'short_description', p.short_description, 'kind', p.kind,
               'fulfillment_method', p.fulfillment_method, 'min_level', p.min_level,
               'producer_id', p.partner_id, 'producer_name', p.producer_name, 'hero', nullif(p.is_hero_product, false),
               'categories', coalesce(c.shown, '[]'), 'tags', coalesce(to_json(t.slugs), '[]'),
               'images', coalesce(i.shown, '[]'), 'variants', coalesce(v.shown, '[]')))
      FROM catalog.products p
      LEFT JOIN LATERAL (
          SELECT (array_agg(c.slug ORDER BY m.position, c.path))[1] AS first,
                 (SELECT array_agg(DISTINCT slug)
                    FROM unnest(string_to_array(string_agg(c.path, '/'), '/')) AS slug) AS slugs,
                 json_agg(json_build_object('slug', c.slug, 'title', c.title) ORDER BY m.position, c.path) AS shown
            FROM catalog.product_categories m JOIN catalog.categories c ON (c.brand_id, c.id) = (m.brand_id, m.category_id)
           WHERE (m.brand_id, m.product_id) = (p.brand_id, p.id)) c ON true
      LEFT JOIN LATERAL (
          SELECT array_agg(t.slug ORDER BY m.position, t.slug) AS slugs
            FROM catalog.product_tags m JOIN catalog.tags t ON (t.brand_id, t.id) = (m.brand_id, m.tag_id)
           WHERE (m.brand_id, m.product_id) = (p.brand_id, p.id)) t ON true
      LEFT JOIN LATERAL (
          SELECT json_agg(json_build_object('key', i.key, 'alt', i.alt, 'width', i.width, 'height', i.height,
                     'renditions', nullif(i.renditions, '{}')) ORDER BY i.position, i.id) AS shown
            FROM catalog.product_images i
           WHERE (i.brand_id, i.product_id) = (p.brand_id, p.id) AND i.status = 'ready') i ON true
      LEFT JOIN LATERAL (
          SELECT min(a.amount) AS price_amount,
                 json_agg(json_build_object('id', v.id, 'sku', v.sku, 'title', v.title, 'options', v.options,
                     'price_points', v.price_points, 'prices', coalesce(a.shown, '[]'),
                     'periods', CASE WHEN a.reduced THEN catalog.reduced_periods(v.brand_id, v.id) END) ORDER BY v.position, v.id) AS shown
            FROM catalog.product_variants v
            LEFT JOIN LATERAL (
                SELECT min(x.amount) FILTER (WHERE x.starts_at IS NULL AND x.ends_at IS NULL AND x.currency = b.currency)
                           AS amount,
                       bool_or(x.starts_at IS NOT NULL OR x.ends_at IS NOT NULL OR x.compare_at_amount > x.amount) AS reduced,
                       json_agg(json_build_object('currency', x.currency, 'amount', x.amount, 'compare_at', x.compare_at_amount,
                           'starts_at', x.starts_at, 'ends_at', x.ends_at) ORDER BY x.currency, x.id) AS shown
                  FROM catalog.variant_prices x JOIN platform.brands b ON b.id = x.brand_id
                 WHERE (x.brand_id, x.variant_id) = (v.brand_id, v.id)) a ON true
           WHERE (v.brand_id, v.product_id) = (p.brand_id, p.id)) v ON true
     WHERE p.id = ANY (changed) AND p.status = 'active'
    ON CONFLICT (brand_id, product_id) DO UPDATE SET
        slug = EXCLUDED.slug, title_key = EXCLUDED.title_key, published_at = EXCLUDED.published_at,
        price_amount = EXCLUDED.price_amount, primary_category = EXCLUDED.primary_category,
        category_slugs = EXCLUDED.category_slugs, tag_slugs = EXCLUDED.tag_slugs, card = EXCLUDED.card
      WHERE (l.slug, l.published_at, l.price_amount, l.primary_category, l.category_slugs, l.card::text)
         IS DISTINCT FROM (EXCLUDED.slug, EXCLUDED.published_at, EXCLUDED.price_amount, EXCLUDED.primary_category,
                           EXCLUDED.category_slugs, EXCLUDED.card::text);
END $$;

CREATE FUNCTION catalog.move_shop_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    brand uuid := coalesce(NEW.brand_id, OLD.brand_id);
BEGIN
    UPDATE catalog.shop_versions SET version = version + 1, changed_in = pg_current_xact_id()::text
     WHERE brand_id = brand AND changed_in <> pg_current_xact_id()::text;
    IF NOT FOUND THEN
        INSERT INTO catalog.shop_versions (brand_id, changed_in) VALUES (brand, pg_current_xact_id()::text)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
