"""People are found: logins by the words of their names and addresses, customers in the order of their names; the use of API keys is noted.

Revision ID: 0013_people_found
Revises: 0012_ways_in
"""

from alembic import op

revision = "0013_people_found"
down_revision = "0012_ways_in"
branch_labels = None
depends_on = None

# The same words as a customer's (0011).
_WORDS = """
    translate(replace(regexp_replace(normalize(name || ' ' || email, NFKD), '[\\u0300-\\u036f]', '', 'g'), 'œ', 'oe'),
              '@.-_+''', '      ')
"""


def upgrade() -> None:
    op.execute(f"""
        ALTER TABLE identity.users
            ADD search tsvector GENERATED ALWAYS AS (to_tsvector('simple', {_WORDS})) STORED
    """)
    op.execute("CREATE INDEX users_search ON identity.users USING gin (search)")
    op.execute("""
        CREATE INDEX customers_by_name ON identity.customers (brand_id, (lower(last_name || ' ' || first_name)), id)
    """)
    # A key that only forwards addresses is never seen by a story: whoever looks it up notes, at most once a minute, that it was used.
    op.execute("""
        CREATE FUNCTION platform.use_api_key(brand uuid, hash bytea, at timestamptz)
        RETURNS TABLE (id uuid, name text, scopes text[], expires_at timestamptz)
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
            UPDATE platform.api_keys k SET last_used_at = at
             WHERE k.brand_id = brand AND k.key_hash = hash AND k.revoked_at IS NULL
               AND (k.last_used_at IS NULL OR k.last_used_at < at - interval '1 minute');
            SELECT k.id, k.name, k.scopes, k.expires_at FROM platform.api_keys k
             WHERE k.brand_id = brand AND k.key_hash = hash AND k.revoked_at IS NULL
        $$
    """)
    op.execute("REVOKE ALL ON FUNCTION platform.use_api_key(uuid, bytea, timestamptz) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION platform.use_api_key(uuid, bytea, timestamptz) TO comptoir_app, comptoir_jobs"
    )
    op.execute("DROP FUNCTION platform.find_api_key(uuid, bytea)")


def downgrade() -> None:
    op.execute("""
        CREATE FUNCTION platform.find_api_key(brand uuid, hash bytea)
        RETURNS TABLE (id uuid, name text, scopes text[], expires_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
            SELECT k.id, k.name, k.scopes, k.expires_at FROM platform.api_keys k
             WHERE k.brand_id = brand AND k.key_hash = hash AND k.revoked_at IS NULL
        $$
    """)
    op.execute("REVOKE ALL ON FUNCTION platform.find_api_key(uuid, bytea) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION platform.find_api_key(uuid, bytea) TO comptoir_app, comptoir_jobs")
    op.execute("DROP FUNCTION platform.use_api_key(uuid, bytea, timestamptz)")
    op.execute("DROP INDEX identity.customers_by_name")
    op.execute("ALTER TABLE identity.users DROP search")
