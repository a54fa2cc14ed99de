-- Whether a word says nothing in a language: one of its stop words.
CREATE OR REPLACE FUNCTION catalog.is_stop_word(word text, language text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    CASE language WHEN 'fr' THEN ts_lexize('pg_catalog.french_stem', word) = '{}'
                  WHEN 'en' THEN ts_lexize('pg_catalog.english_stem', word) = '{}' ELSE false END;

-- Whether a word says nothing to who searches a shop of this language. Stop words of the other language that visitors write in say as
-- little, except those that mean something in the shop's own: without its accent "thé" is an English article, "pour" a way to make coffee.
CREATE OR REPLACE FUNCTION catalog.is_idle(word text, language text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    catalog.is_stop_word(word, language)
    OR language <> 'fr' AND catalog.is_stop_word(word, 'fr') AND word <> ALL ('{pour,son,ton,par,ai,aura,se}'::text[])
    OR language <> 'en' AND catalog.is_stop_word(word, 'en') AND word <> ALL ('{the,or,an,but,if,do,once}'::text[]);

-- The words typed, as what is looked for: all of them, each in any form, the last one (if it `begins`) as the beginning of a word, too.
-- What says nothing is left out, unless nothing else is asked for; but a last word may only begin like another language's. NULL when there
-- are no words.
CREATE OR REPLACE FUNCTION catalog.words_query(key text, typed text[], begins boolean, language text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH word AS (
        SELECT word, place = cardinality(typed) AND begins AS begins,
               CASE WHEN place = cardinality(typed) AND begins THEN catalog.is_stop_word(word, language)
                    ELSE catalog.is_idle(word, language) END AS idle
          FROM unnest(typed) WITH ORDINALITY AS w(word, place)
    )
    SELECT string_agg('(' || (SELECT string_agg('''' || key || form || '''' || CASE WHEN w.begins AND form = w.word THEN ':*' ELSE '' END, '|')
                                FROM (SELECT DISTINCT unnest(catalog.word_forms(w.word)) AS form) f) || ')', '&')::tsquery
      FROM word w WHERE NOT w.idle OR (SELECT bool_and(idle) FROM word)
$$;

-- What is in no list yet has no card to show its history: when it comes into one, the history is there.
CREATE OR REPLACE FUNCTION catalog.price_history_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog.refresh_listings(ARRAY(
        SELECT DISTINCT v.product_id FROM changed h
          JOIN catalog.product_variants v ON (v.brand_id, v.id) = (h.brand_id, h.variant_id)
          JOIN catalog.product_listings l ON (l.brand_id, l.product_id) = (v.brand_id, v.product_id)
          JOIN catalog.variant_prices x ON (x.brand_id, x.variant_id) = (v.brand_id, v.id)
         WHERE x.starts_at IS NOT NULL OR x.ends_at IS NOT NULL OR x.compare_at_amount > x.amount));
    RETURN NULL;
END $$;

-- A job of which nothing was heard for too long is over, and says so: its message lies in the dead letters, or its file never came.
ALTER TABLE platform.background_jobs ADD moved_at timestamptz;
CREATE INDEX background_jobs_open ON platform.background_jobs (created_at) WHERE finished_at IS NULL;

-- What is purged by age is found by it.
CREATE INDEX webhook_events_processed ON billing.webhook_events (processed_at) WHERE processed_at IS NOT NULL;
CREATE INDEX mails_settled ON notifications.mails (settled_at) WHERE settled_at IS NOT NULL;

-- Products whose listing shows a category or a tag by its old name, or one that is gone: too many to be written anew by who renames it.
CREATE TABLE catalog.stale_listings (
    brand_id   uuid NOT NULL DEFAULT platform.current_brand(),
    product_id uuid NOT NULL,
    PRIMARY KEY (brand_id, product_id)
);

-- A few products are shown anew at once, many by and by (`shared/catalog/relisting.py`).
CREATE OR REPLACE FUNCTION catalog.relist(products uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(products) <= 500 THEN
        PERFORM catalog.refresh_listings(products);
    ELSE
        INSERT INTO catalog.stale_listings (product_id) SELECT DISTINCT unnest(products) ON CONFLICT DO NOTHING;
    END IF;
END $$;

-- Products bear the numbers of values: what has another slug is found by it at once, however many bear it.
CREATE OR REPLACE FUNCTION catalog.rename_facet(facet text, former text, slug text) RETURNS void LANGUAGE sql AS $$
    UPDATE catalog.facet_values SET value = slug
     WHERE brand_id = platform.current_brand() AND kind = facet AND name = '' AND value = former
$$;

CREATE OR REPLACE FUNCTION catalog.categories_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog.rename_facet('category', o.slug, n.slug) FROM changed n JOIN former o ON o.id = n.id WHERE n.slug <> o.slug;
    PERFORM catalog.relist(ARRAY(
        SELECT DISTINCT product_id FROM catalog.product_categories WHERE category_id IN (
            SELECT id FROM (SELECT id, slug, title, path FROM changed EXCEPT SELECT id, slug, title, path FROM former) renamed)));
    RETURN NULL;
END $$;

-- Cards show a tag's slug, and products are found by its title, too.
CREATE OR REPLACE FUNCTION catalog.tags_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    renamed uuid[] := ARRAY(SELECT DISTINCT product_id FROM catalog.product_tags WHERE tag_id IN (
        SELECT id FROM (SELECT id, slug, title FROM changed EXCEPT SELECT id, slug, title FROM former) renamed));
BEGIN
    PERFORM catalog.rename_facet('tag', o.slug, n.slug) FROM changed n JOIN former o ON o.id = n.id WHERE n.slug <> o.slug;
    PERFORM catalog.relist(renamed);
    IF cardinality(renamed) <= 500 THEN
        PERFORM FROM catalog.products WHERE id = ANY (renamed) ORDER BY id FOR NO KEY UPDATE;
        PERFORM catalog.refresh_search(renamed);
    END IF;
    RETURN NULL;
END $$;

-- What a deleted category or tag takes along.
CREATE OR REPLACE FUNCTION catalog.links_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog.relist(ARRAY(SELECT DISTINCT product_id FROM changed));
    RETURN NULL;
END $$;
DROP TRIGGER listings_delete ON catalog.product_categories;
DROP TRIGGER listings_delete ON catalog.product_tags;
CREATE TRIGGER listings_delete AFTER DELETE ON catalog.product_categories
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog.links_deleted();
CREATE TRIGGER listings_delete AFTER DELETE ON catalog.product_tags
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog.links_deleted();
