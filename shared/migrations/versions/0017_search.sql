-- Text as words: without accents, in lower case, with a space in the place of whatever is no letter or digit. `folding.py` does the
-- same to what visitors type; a property test holds the two together.
CREATE FUNCTION catalog.fold(content text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    btrim(regexp_replace(
        regexp_replace(
            replace(replace(replace(translate(lower(normalize(content, NFKD)), 'øłđðıς', 'olddiσ'), 'œ', 'oe'), 'æ', 'ae'), 'ß', 'ss'),
            '[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]', '', 'g'),
        '[\u0001-/:-`{-\u00bf\u00d7\u00f7\u02b0-\u02ff\u060c\u061b\u061f\u066a-\u066d\u06d4\u2000-\u2bff\u2e00-\u2e7f\u3000-\u303f\ue000-\uf8ff\ufe00-\ufe0f\ufffc\ufffd\U0001f000-\U0001faff\U000e0000-\U0010ffff]+',
        ' ', 'g'));

-- What a word is found by: itself and its French and English stems, behind the brand's own beginning, so that the index leads to no
-- other brand's words. (`brand_id` is compared all the same: two brands may share a beginning.)
CREATE FUNCTION catalog.word_key(brand uuid) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    substr(md5(brand::text), 1, 6);

CREATE FUNCTION catalog.word_forms(word text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    ARRAY[word] || ts_lexize('pg_catalog.french_stem', word) || ts_lexize('pg_catalog.english_stem', word);

-- `content` as weighted lexemes: of every word the same forms, by PostgreSQL's own parser, which finds nothing but words in folded text.
CREATE FUNCTION catalog.lexemes(content text, weight "char") RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    folded text := catalog.fold(left(content, 8000));
BEGIN
    RETURN setweight(to_tsvector('pg_catalog.simple', folded) || to_tsvector('pg_catalog.french', folded)
                     || to_tsvector('pg_catalog.english', folded), weight);
END $$;
-- Each lexeme behind the brand's key. Lexemes of folded text hold neither blanks nor quotes.
CREATE FUNCTION catalog.keyed(key text, bare tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    replace(' ' || bare::text, ' ''', ' ''' || key)::tsvector;

-- Values that lists are narrowed down by, numbered: a product bears numbers, which are counted and looked up faster than texts. Two who
-- bring the same new value at once give it a number each, rather than that one waits for the other (an import may take minutes): a
-- value is all its numbers.
CREATE TABLE catalog.facet_values (
    brand_id uuid    NOT NULL DEFAULT platform.current_brand(),
    number   integer NOT NULL GENERATED ALWAYS AS IDENTITY,
    kind     text    NOT NULL CHECK (kind IN ('category', 'tag', 'producer', 'level', 'option')),
    name     text    NOT NULL DEFAULT '',
    value    text    NOT NULL,
    title    text,
    PRIMARY KEY (brand_id, number)
);
CREATE INDEX facet_values_named ON catalog.facet_values (brand_id, kind, name, value);

-- One compact row per active product: all that lists are searched, narrowed down, counted and sorted by. `words` is only read through
-- its index and lies outside the row; `ranks` holds what relevance is judged by; `facets` is numbers of four bytes. Nothing that changes
-- often (popularity, stock) is indexed, so that such a change leaves the index of words alone.
CREATE TABLE catalog.search_entries (
    brand_id     uuid             NOT NULL DEFAULT platform.current_brand(),
    product_id   uuid             NOT NULL,
    published_at timestamptz      NOT NULL,
    price_amount bigint,
    price_points bigint,
    popularity   double precision NOT NULL DEFAULT 0,
    prices_vary  boolean          NOT NULL DEFAULT false,
    in_stock     boolean          NOT NULL DEFAULT false,
    title_key    text             NOT NULL,
    facets       bytea            NOT NULL,
    ranks        tsvector         NOT NULL,
    words        tsvector         NOT NULL,
    PRIMARY KEY (brand_id, product_id),
    FOREIGN KEY (brand_id, product_id) REFERENCES catalog.product_listings (brand_id, product_id) ON DELETE CASCADE
) WITH (fillfactor = 85, toast_tuple_target = 256);
ALTER TABLE catalog.search_entries
    ALTER words SET STORAGE EXTERNAL, ALTER ranks SET STORAGE MAIN, ALTER facets SET STORAGE PLAIN, ALTER title_key SET STORAGE MAIN;
-- Without a list of pending entries, which every search would have to read through after an import.
CREATE INDEX search_entries_words ON catalog.search_entries USING gin (words) WITH (fastupdate = off);

-- The lowest price of a product in a currency, as a step function of time: sales begin and end by the clock, and nobody need write that
-- they did. Without an amount while it is not sold; in the brand's own currency every product has steps.
CREATE TABLE catalog.listing_prices (
    brand_id    uuid        NOT NULL DEFAULT platform.current_brand(),
    product_id  uuid        NOT NULL,
    currency    char(3)     NOT NULL,
    valid_from  timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    amount      bigint,
    PRIMARY KEY (brand_id, product_id, currency, valid_from),
    FOREIGN KEY (brand_id, product_id) REFERENCES catalog.product_listings (brand_id, product_id) ON DELETE CASCADE,
    CHECK (valid_from < valid_until)
);
CREATE INDEX listing_prices_cheapest ON catalog.listing_prices (brand_id, currency, amount, product_id);
CREATE INDEX listing_prices_next ON catalog.listing_prices (brand_id, valid_from) WHERE valid_from > '-infinity';
CREATE INDEX listing_prices_dearest ON catalog.listing_prices (brand_id, currency, amount DESC NULLS LAST, product_id DESC);

-- The words of titles, tags, categories, producers, options and short descriptions: what a typing error is corrected to. A word that
-- no product has any more may stay: a correction is only given when it finds something.
CREATE TABLE catalog.vocabulary (
    brand_id uuid NOT NULL DEFAULT platform.current_brand(),
    word     text NOT NULL,
    PRIMARY KEY (brand_id, word)
);

-- Products whose words were left for the next one to learn.
CREATE TABLE catalog.unlearned_products (
    brand_id   uuid NOT NULL DEFAULT platform.current_brand(),
    product_id uuid NOT NULL,
    PRIMARY KEY (brand_id, product_id)
);

-- Stock items of which one can be had. A row is written by whoever has locked its item, so that nobody waits for it; without a foreign
-- key, which would have a buyer wait for whoever deletes a variant, and fail.
CREATE TABLE catalog.sellable_items (
    brand_id   uuid NOT NULL DEFAULT platform.current_brand(),
    item_id    uuid NOT NULL,
    product_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    PRIMARY KEY (brand_id, item_id)
);
CREATE INDEX sellable_items_of ON catalog.sellable_items (brand_id, product_id);
-- Products whose entry was locked, or not there yet, when their stock came or went. No two rows of it are ever waited for.
CREATE TABLE catalog.stale_stock (
    brand_id   uuid NOT NULL DEFAULT platform.current_brand(),
    product_id uuid NOT NULL,
    id         bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (brand_id, product_id, id)
);
CREATE INDEX sellable_items_of_variants ON catalog.sellable_items (brand_id, variant_id);

-- `popularity` is the binary logarithm of what was seen and sold, each worth half as much as what happened a half-life later, counted
-- from a fixed day: so it is in order at any time without anybody letting it decay. `shown` is what lists were last told of it.
CREATE TABLE catalog.product_stats (
    brand_id   uuid             NOT NULL DEFAULT platform.current_brand(),
    product_id uuid             NOT NULL,
    views      bigint           NOT NULL DEFAULT 0 CHECK (views >= 0),
    sales      bigint           NOT NULL DEFAULT 0 CHECK (sales >= 0),
    popularity double precision NOT NULL DEFAULT 0,
    shown      double precision NOT NULL DEFAULT 0,
    updated_at timestamptz      NOT NULL,
    PRIMARY KEY (brand_id, product_id),
    FOREIGN KEY (brand_id, product_id) REFERENCES catalog.products (brand_id, id) ON DELETE CASCADE
) WITH (fillfactor = 70);
CREATE INDEX product_stats_untold ON catalog.product_stats (brand_id, product_id) WHERE abs(popularity - shown) > 0.1;

ALTER TABLE catalog.product_listings ADD popularity double precision NOT NULL DEFAULT 0;
CREATE INDEX product_listings_popular
    ON catalog.product_listings (brand_id, popularity DESC, published_at DESC, product_id DESC);
DROP INDEX catalog.product_listings_related;
CREATE INDEX product_listings_related
    ON catalog.product_listings (brand_id, primary_category, popularity DESC, published_at DESC);
-- Prices are walked in listing_prices, which knows of sales and of every currency.
DROP INDEX catalog.product_listings_cheapest;

CREATE FUNCTION catalog.facets_of(changed uuid[])
RETURNS TABLE (product_id uuid, kind text, name text, value text, title text) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (l.product_id, f.kind, f.name, f.value) l.product_id, f.kind, f.name, f.value, f.title
      FROM (SELECT product_id, category_slugs, tag_slugs, card::jsonb AS card
              FROM catalog.product_listings WHERE product_id = ANY (changed) OFFSET 0) l
     CROSS JOIN LATERAL (
          SELECT 'category' AS kind, '' AS name, slug AS value, NULL AS title FROM unnest(l.category_slugs) AS slug
           UNION ALL SELECT 'tag', '', slug, NULL FROM unnest(l.tag_slugs) AS slug
           UNION ALL SELECT 'producer', '', l.card ->> 'producer_id', l.card ->> 'producer_name'
           UNION ALL SELECT 'level', '', coalesce(l.card ->> 'min_level', ''), NULL
           UNION ALL SELECT 'option', left(o.key, 200), left(o.value, 200), NULL
                       FROM jsonb_array_elements(l.card -> 'variants') AS v
                      CROSS JOIN jsonb_each_text(v -> 'options') AS o) f
     WHERE f.value IS NOT NULL
     ORDER BY l.product_id, f.kind, f.name, f.value
$$;

CREATE FUNCTION catalog.refresh_facets(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH needed AS MATERIALIZED (
        SELECT n.kind, n.name, n.value, min(n.title) AS title FROM catalog.facets_of(changed) n GROUP BY n.kind, n.name, n.value
    ), renamed AS (
        UPDATE catalog.facet_values v SET title = n.title
          FROM needed n
         WHERE n.kind = 'producer' AND v.brand_id = platform.current_brand()
           AND v.kind = n.kind AND v.name = n.name AND v.value = n.value AND v.title IS DISTINCT FROM n.title
    )
    INSERT INTO catalog.facet_values (kind, name, value, title)
    SELECT n.kind, n.name, n.value, n.title FROM needed n
     WHERE NOT EXISTS (SELECT FROM catalog.facet_values k
                        WHERE k.brand_id = platform.current_brand() AND k.kind = n.kind AND k.name = n.name AND k.value = n.value);
END $$;

-- Whoever learns words does so alone, until the end of the transaction; meanwhile the others leave theirs to the next one.
CREATE FUNCTION catalog.learn_words(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    left_over uuid[];
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('catalog.vocabulary|' || platform.current_brand(), 0)) THEN
        INSERT INTO catalog.unlearned_products (product_id) SELECT unnest(changed) ON CONFLICT DO NOTHING;
        RETURN;
    END IF;
    WITH taken AS (
        DELETE FROM catalog.unlearned_products u
         WHERE u.product_id IN (SELECT product_id FROM catalog.unlearned_products LIMIT 100 FOR UPDATE SKIP LOCKED) RETURNING u.product_id
    )
    SELECT array_agg(product_id) INTO left_over FROM taken;
    INSERT INTO catalog.vocabulary (word)
    SELECT DISTINCT w.word
      FROM (SELECT l.card::jsonb AS card, l.tag_slugs FROM catalog.product_listings l
             WHERE l.product_id = ANY (changed || left_over) OFFSET 0) l
     CROSS JOIN LATERAL regexp_split_to_table(catalog.fold(left(concat_ws(' ',
               l.card ->> 'title', l.card ->> 'producer_name', array_to_string(l.tag_slugs, ' '),
               (SELECT string_agg(c ->> 'title', ' ') FROM jsonb_array_elements(l.card -> 'categories') AS c),
               (SELECT string_agg(o.value, ' ')
                  FROM jsonb_array_elements(l.card -> 'variants') AS v CROSS JOIN jsonb_each_text(v -> 'options') AS o),
               l.card ->> 'short_description'), 4000)), ' ') AS w(word)
     WHERE length(w.word) BETWEEN 3 AND 40 AND w.word !~ '[0-9]'
    ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION catalog.refresh_listing_prices(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM catalog.listing_prices WHERE brand_id = platform.current_brand() AND product_id = ANY (changed);
    WITH price AS MATERIALIZED (
        SELECT l.product_id, v.number AS variant, p ->> 'currency' AS currency, (p ->> 'amount')::bigint AS amount,
               coalesce((p ->> 'starts_at')::timestamptz, '-infinity') AS starts_at,
               coalesce((p ->> 'ends_at')::timestamptz, 'infinity') AS ends_at
          FROM catalog.product_listings l
         CROSS JOIN LATERAL json_array_elements(l.card -> 'variants') WITH ORDINALITY AS v(shown, number)
         CROSS JOIN LATERAL json_array_elements(v.shown -> 'prices') AS p
         WHERE l.product_id = ANY (changed)
    ), own AS (
        SELECT l.product_id, b.currency::text AS currency
          FROM catalog.product_listings l JOIN platform.brands b ON b.id = l.brand_id WHERE l.product_id = ANY (changed)
    ), moment AS (
        SELECT product_id, currency, '-infinity'::timestamptz AS at FROM own
         UNION SELECT product_id, currency, unnest(ARRAY['-infinity', starts_at, ends_at]) FROM price
    ), step AS (
        SELECT product_id, currency, at AS valid_from,
               lead(at, 1, 'infinity') OVER (PARTITION BY product_id, currency ORDER BY at) AS valid_until
          FROM moment WHERE at < 'infinity'
    ), of_variant AS (
        -- The lowest price in force is what is to be paid, sale or not.
        SELECT s.product_id, s.currency, s.valid_from, min(p.amount) AS amount
          FROM step s JOIN price p ON p.product_id = s.product_id AND p.currency = s.currency
                                  AND p.starts_at <= s.valid_from AND s.valid_from < p.ends_at
         GROUP BY s.product_id, s.currency, s.valid_from, p.variant
    ), lowest AS (
        SELECT product_id, currency, valid_from, min(amount) AS amount FROM of_variant GROUP BY product_id, currency, valid_from
    )
    INSERT INTO catalog.listing_prices (brand_id, product_id, currency, valid_from, valid_until, amount)
    SELECT platform.current_brand(), s.product_id, s.currency, s.valid_from, s.valid_until, l.amount
      FROM step s
      LEFT JOIN lowest l ON l.product_id = s.product_id AND l.currency = s.currency AND l.valid_from = s.valid_from;
END $$;

CREATE FUNCTION catalog.refresh_search(changed uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(changed) = 0 THEN
        RETURN;
    ELSIF cardinality(changed) > 500 THEN
        -- In parts that any plan is good enough for.
        FOR part IN 0 .. (cardinality(changed) - 1) / 500 LOOP
            PERFORM catalog.refresh_search(changed[part * 500 + 1 : part * 500 + 500]);
        END LOOP;
        RETURN;
    END IF;
    PERFORM catalog.refresh_facets(changed);
    PERFORM catalog.refresh_listing_prices(changed);
    PERFORM catalog.learn_words(changed);
    -- Step by step, each read once: PostgreSQL cannot tell how much comes out of JSON, and would go through it again for every row.
    WITH listing AS MATERIALIZED (
        SELECT l.brand_id, l.product_id, l.published_at, l.title_key, l.category_slugs, l.tag_slugs, l.card::jsonb AS card
          FROM catalog.product_listings l WHERE l.product_id = ANY (changed)
    ), facet AS MATERIALIZED (
        SELECT n.product_id, array_agg(k.number ORDER BY k.number) AS numbers
          FROM (SELECT * FROM catalog.facets_of(changed) OFFSET 0) n
         CROSS JOIN LATERAL (SELECT min(k.number) AS number FROM catalog.facet_values k
                              WHERE k.brand_id = platform.current_brand()
                                AND k.kind = n.kind AND k.name = n.name AND k.value = n.value) k
         GROUP BY n.product_id
    ), variant AS MATERIALIZED (
        SELECT l.product_id, min((v ->> 'price_points')::bigint) AS points,
               string_agg(concat_ws(' ', v ->> 'sku', v ->> 'title',
                   (SELECT string_agg(o.value, ' ') FROM jsonb_each_text(v -> 'options') AS o)), ' ') AS words
          FROM listing l CROSS JOIN jsonb_array_elements(l.card -> 'variants') AS v
         GROUP BY l.product_id
    ), price AS MATERIALIZED (
        SELECT x.product_id, count(*) > 1 AS vary, min(x.amount) AS amount
          FROM catalog.listing_prices x JOIN platform.brands b ON b.id = x.brand_id AND b.currency = x.currency
         WHERE x.brand_id = platform.current_brand() AND x.product_id = ANY (changed)
         GROUP BY x.product_id
    ), content AS MATERIALIZED (
        SELECT l.brand_id, l.product_id, l.published_at, l.title_key, catalog.word_key(l.brand_id) AS key,
               l.card ->> 'title' AS title, l.card ->> 'short_description' AS short, p.description,
               concat_ws(' ', l.card ->> 'producer_name', array_to_string(l.category_slugs, ' '), array_to_string(l.tag_slugs, ' '),
                   (SELECT string_agg(c ->> 'title', ' ') FROM jsonb_array_elements(l.card -> 'categories') AS c),
                   (SELECT string_agg(t.title, ' ' ORDER BY t.slug) FROM catalog.tags t WHERE t.slug = ANY (l.tag_slugs)),
                   v.words) AS names,
               f.numbers, v.points, s.popularity, x.vary, x.amount
          FROM listing l
          JOIN catalog.products p ON p.brand_id = l.brand_id AND p.id = l.product_id
          LEFT JOIN facet f ON f.product_id = l.product_id
          LEFT JOIN variant v ON v.product_id = l.product_id
          LEFT JOIN price x ON x.product_id = l.product_id
          LEFT JOIN catalog.product_stats s ON s.brand_id = l.brand_id AND s.product_id = l.product_id
    ), ranked AS MATERIALIZED (
        SELECT *, catalog.keyed(key, catalog.lexemes(title, 'A') || catalog.lexemes(names, 'B') || catalog.lexemes(short, 'C')) AS ranks
          FROM content
    )
    INSERT INTO catalog.search_entries AS e
        (brand_id, product_id, published_at, price_amount, price_points, popularity, prices_vary, in_stock, title_key, facets, ranks, words)
    SELECT brand_id, product_id, published_at, amount, points, coalesce(popularity, 0), vary,
           EXISTS (SELECT FROM catalog.sellable_items s WHERE s.brand_id = r.brand_id AND s.product_id = r.product_id), title_key,
           coalesce((SELECT string_agg(int4send(number), '') FROM unnest(numbers) AS number), ''), ranks,
           strip(ranks || catalog.keyed(key, catalog.lexemes(regexp_replace(left(description, 20000), '<[^>]*>|&[a-z]+;', ' ', 'g'), 'D')))
               || array_to_tsvector(ARRAY(SELECT '#' || number FROM unnest(numbers) AS number) || (key || '#'))
      FROM ranked r
    ON CONFLICT (brand_id, product_id) DO UPDATE SET
        published_at = EXCLUDED.published_at, price_amount = EXCLUDED.price_amount, price_points = EXCLUDED.price_points,
        prices_vary = EXCLUDED.prices_vary, title_key = EXCLUDED.title_key, facets = EXCLUDED.facets, ranks = EXCLUDED.ranks,
        words = EXCLUDED.words
      WHERE (e.published_at, e.price_amount, e.price_points, e.prices_vary, e.title_key, e.facets, e.ranks, e.words)
         IS DISTINCT FROM (EXCLUDED.published_at, EXCLUDED.price_amount, EXCLUDED.price_points, EXCLUDED.prices_vary,
                           EXCLUDED.title_key, EXCLUDED.facets, EXCLUDED.ranks, EXCLUDED.words);
END $$;

CREATE FUNCTION catalog.product_listings_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog.refresh_search(ARRAY(SELECT product_id FROM changed));
    RETURN NULL;
END $$;
CREATE TRIGGER search_insert AFTER INSERT ON catalog.product_listings
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog.product_listings_changed();

-- With other pictures, or told how popular it is, a product is found by the same words as before.
CREATE FUNCTION catalog.product_listings_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog.refresh_search(ARRAY(
        SELECT n.product_id FROM changed n JOIN replaced o ON o.product_id = n.product_id
         WHERE (n.slug, n.published_at, n.category_slugs, n.tag_slugs) IS DISTINCT FROM (o.slug, o.published_at, o.category_slugs, o.tag_slugs)
            OR n.card::jsonb - 'images' <> o.card::jsonb - 'images'));
    RETURN NULL;
END $$;
CREATE TRIGGER search_update AFTER UPDATE ON catalog.product_listings
    REFERENCING NEW TABLE AS changed OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION catalog.product_listings_rewritten();

CREATE FUNCTION catalog.descriptions_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog.refresh_search(ARRAY(
        SELECT n.id FROM changed n JOIN replaced o ON o.id = n.id
         WHERE n.description <> o.description
           AND EXISTS (SELECT FROM catalog.product_listings l WHERE l.brand_id = n.brand_id AND l.product_id = n.id)));
    RETURN NULL;
END $$;
-- After listings_update, which may have made the listing: triggers of one event fire in the order of their names.
CREATE TRIGGER search_update AFTER UPDATE ON catalog.products
    REFERENCING NEW TABLE AS changed OLD TABLE AS replaced
    FOR EACH STATEMENT EXECUTE FUNCTION catalog.descriptions_changed();

-- Lists show whether any of these products can be had, as far as nobody has locked their entries; answers those that it could lock. The
-- locks first: what is read afterwards is what their last holder left.
CREATE FUNCTION catalog.show_stock(products uuid[]) RETURNS uuid[] LANGUAGE plpgsql AS $$
DECLARE
    locked uuid[] := ARRAY(SELECT product_id FROM catalog.search_entries WHERE product_id = ANY (products) FOR NO KEY UPDATE SKIP LOCKED);
BEGIN
    UPDATE catalog.search_entries e SET in_stock = NOT e.in_stock
     WHERE e.product_id = ANY (locked)
       AND e.in_stock <> EXISTS (SELECT FROM catalog.sellable_items s WHERE s.product_id = e.product_id AND s.brand_id = e.brand_id);
    RETURN locked;
END $$;
-- What inventory tells of an item: that one can be had from it, or that none can any more. A buyer waits for nobody: what cannot be
-- shown now is left to a job.
CREATE FUNCTION catalog.note_sellable(item uuid, variant uuid, sellable boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    product uuid := (SELECT v.product_id FROM catalog.product_variants v WHERE v.id = variant);
BEGIN
    IF product IS NULL THEN
        RETURN;
    ELSIF sellable THEN
        INSERT INTO catalog.sellable_items (item_id, product_id, variant_id) VALUES (item, product, variant) ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM catalog.sellable_items WHERE item_id = item;
    END IF;
    IF cardinality(catalog.show_stock(ARRAY[product])) = 0 THEN
        INSERT INTO catalog.stale_stock (product_id) VALUES (product);
    END IF;
END $$;
CREATE FUNCTION catalog.variants_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM catalog.sellable_items s USING gone g WHERE s.brand_id = g.brand_id AND s.variant_id = g.id;
    PERFORM catalog.show_stock(ARRAY(SELECT DISTINCT product_id FROM gone));
    RETURN NULL;
END $$;
CREATE TRIGGER sellable_delete AFTER DELETE ON catalog.product_variants
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION catalog.variants_deleted();
CREATE FUNCTION inventory.tell_sellable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog.note_sellable(NEW.id, NEW.variant_id,
        NEW.backorder_allowed OR NEW.on_hand - NEW.reserved - NEW.safety_stock > 0);
    RETURN NULL;
END $$;
CREATE TRIGGER sellable_insert AFTER INSERT ON inventory.inventory_items
    FOR EACH ROW WHEN (NEW.backorder_allowed OR NEW.on_hand - NEW.reserved - NEW.safety_stock > 0)
    EXECUTE FUNCTION inventory.tell_sellable();
CREATE TRIGGER sellable_update AFTER UPDATE ON inventory.inventory_items
    FOR EACH ROW WHEN ((NEW.backorder_allowed OR NEW.on_hand - NEW.reserved - NEW.safety_stock > 0)
                    <> (OLD.backorder_allowed OR OLD.on_hand - OLD.reserved - OLD.safety_stock > 0))
    EXECUTE FUNCTION inventory.tell_sellable();

-- The words typed, as what is looked for: all of them, each in any form, the last one (if it `begins`) as the beginning of a word, too.
-- What says nothing in the brand's language is left out, unless nothing else is asked for. NULL when there are no words.
CREATE FUNCTION catalog.words_query(key text, typed text[], begins boolean, language text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH word AS (
        SELECT word, place = cardinality(typed) AND begins AS begins,
               CASE language WHEN 'fr' THEN ts_lexize('pg_catalog.french_stem', word) = '{}'
                             WHEN 'en' THEN ts_lexize('pg_catalog.english_stem', word) = '{}' ELSE false END AS idle
          FROM unnest(typed) WITH ORDINALITY AS w(word, place)
    )
    SELECT string_agg('(' || (SELECT string_agg('''' || key || form || '''' || CASE WHEN w.begins AND form = w.word THEN ':*' ELSE '' END, '|')
                                FROM (SELECT DISTINCT unnest(catalog.word_forms(w.word)) AS form) f) || ')', '&')::tsquery
      FROM word w WHERE NOT w.idle OR (SELECT bool_and(idle) FROM word)
$$;

-- Which products there are of all that is asked for: how many, between which prices, with which facets (numbers, one after the other),
-- and the page of their ids. As its owner, whose policy lets an index of words be used (`@@` is not leakproof, so PostgreSQL may not
-- look it up before a policy that compares); of the transaction's own brand and no other, whatever is asked.
CREATE FUNCTION catalog.find_products(
    typed text[], begins boolean, language text, narrowed tsquery, currency text, foreign_currency boolean,
    price_from bigint, price_to bigint, points_from bigint, points_to bigint, sellable boolean,
    at timestamptz, sorted_by text, skip integer, take integer, counted boolean)
RETURNS TABLE (total bigint, in_stock bigint, price_min bigint, price_max bigint, points_min bigint, points_max bigint,
               facets bytea, page uuid[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog SET work_mem = '32MB' AS $$
#variable_conflict use_variable
DECLARE
    here   uuid := platform.current_brand();
    wanted tsquery := catalog.words_query(catalog.word_key(here), typed, begins, language);
    -- Any of it: what has more of it, and in a better place, is more relevant.
    loose  tsquery := replace(wanted::text, '&', '|')::tsquery;
    -- Every entry of the brand bears its mark: what has no other condition is found by it.
    sought tsquery := coalesce(CASE WHEN wanted IS NULL THEN narrowed WHEN narrowed IS NULL THEN wanted ELSE wanted && narrowed END,
                               ('''' || catalog.word_key(here) || '#''')::tsquery);
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (
        SELECT f.* FROM (
            SELECT e.product_id, e.published_at, e.title_key, e.popularity, e.price_points AS points, e.in_stock, e.facets AS numbers,
                   CASE WHEN foreign_currency OR e.prices_vary
                        THEN (SELECT p.amount FROM catalog.listing_prices p
                               WHERE p.brand_id = here AND p.product_id = e.product_id AND p.currency = find_products.currency
                                 AND p.valid_from <= at AND at < p.valid_until)
                        ELSE e.price_amount END AS price,
                   CASE WHEN sorted_by = 'relevance' THEN floor(ts_rank('{0.05, 0.2, 0.5, 1}', e.ranks, loose) * 100) END AS rank
              FROM catalog.search_entries e
             WHERE e.brand_id = here AND e.words @@ sought AND e.published_at <= at) f
         WHERE (f.price IS NOT NULL OR NOT foreign_currency)
           AND (price_from IS NULL OR f.price >= price_from) AND (price_to IS NULL OR f.price <= price_to)
           AND (points_from IS NULL OR f.points >= points_from) AND (points_to IS NULL OR f.points <= points_to)
           AND (NOT sellable OR f.in_stock)
    )
    SELECT c.*, (
        SELECT array_agg(p.product_id ORDER BY p.place)
          FROM (SELECT f.product_id, row_number() OVER () AS place
                  FROM (SELECT f.product_id FROM found f
                         ORDER BY CASE sorted_by WHEN 'relevance' THEN f.rank WHEN 'popularity' THEN f.popularity
                                                 WHEN '-price' THEN f.price END DESC NULLS LAST,
                                  CASE sorted_by WHEN 'price' THEN f.price END NULLS LAST,
                                  CASE sorted_by WHEN 'title' THEN f.title_key END,
                                  CASE sorted_by WHEN '-title' THEN f.title_key END DESC,
                                  CASE sorted_by WHEN 'relevance' THEN f.popularity END DESC,
                                  CASE WHEN sorted_by IN ('newest', 'relevance', 'popularity') THEN f.published_at END DESC,
                                  CASE WHEN sorted_by IN ('price', 'title') THEN f.product_id END,
                                  f.product_id DESC
                         OFFSET skip LIMIT take) f) p)
      FROM (SELECT count(*) AS total,
                   count(*) FILTER (WHERE f.in_stock),
                   min(f.price), max(f.price), min(f.points), max(f.points),
                   CASE WHEN counted THEN string_agg(f.numbers, '') END
              FROM found f) c;
END $$;

-- What is said of a product, and what staff have said to it.
ALTER TABLE catalog.product_reviews
    ADD version integer NOT NULL DEFAULT 1,
    ADD moderated_at timestamptz,
    ADD moderated_by uuid,
    ADD reason text;
CREATE INDEX product_reviews_waiting ON catalog.product_reviews (brand_id, status, id DESC);
CREATE INDEX product_reviews_by_customer ON catalog.product_reviews (brand_id, customer_id);
