"""Promotions: their terms by currency, their codes, the log of their uses, and who has bought before.

Revision ID: 0023_promotions
Revises: 0022_gateways
"""

from alembic import op

from shared.migrations.protection import protect

revision = "0023_promotions"
down_revision = "0022_gateways"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE billing.promotions (
            brand_id           uuid        NOT NULL DEFAULT platform.current_brand(),
            id                 uuid        NOT NULL,
            name               text        NOT NULL,
            type               text        NOT NULL CHECK (type IN ('percentage', 'fixed')),
            basis_points       integer     CHECK (basis_points BETWEEN 1 AND 10000),
            applies_to         text        NOT NULL
                               CHECK (applies_to IN ('orders', 'first_payment', 'renewals', 'both')),
            product_ids        uuid[]      NOT NULL DEFAULT '{}',
            category_ids       uuid[]      NOT NULL DEFAULT '{}',
            service_ids        uuid[]      NOT NULL DEFAULT '{}',
            plan_ids           uuid[]      NOT NULL DEFAULT '{}',
            starts_at          timestamptz NOT NULL,
            ends_at            timestamptz CHECK (ends_at > starts_at),
            is_active          boolean     NOT NULL,
            is_auto_apply      boolean     NOT NULL,
            stackable          boolean     NOT NULL,
            new_customers_only boolean     NOT NULL,
            max_uses           integer     CHECK (max_uses > 0),
            max_uses_per_user  integer     CHECK (max_uses_per_user > 0),
            counted_uses       integer     NOT NULL DEFAULT 0 CHECK (counted_uses >= 0),
            metadata           jsonb       NOT NULL DEFAULT '{}',
            version            integer     NOT NULL DEFAULT 1,
            created_at         timestamptz NOT NULL,
            updated_at         timestamptz NOT NULL,
            deleted_at         timestamptz,
            PRIMARY KEY (brand_id, id),
            CHECK ((type = 'percentage') = (basis_points IS NOT NULL)),
            CHECK (counted_uses <= max_uses)
        ) WITH (fillfactor = 80)
    """)
    # Every cart asks for these.
    op.execute("""
        CREATE INDEX promotions_auto_apply ON billing.promotions (brand_id)
         WHERE is_auto_apply AND is_active AND deleted_at IS NULL
    """)
    op.execute("""
        CREATE TABLE billing.promotion_terms (
            brand_id       uuid    NOT NULL DEFAULT platform.current_brand(),
            promotion_id   uuid    NOT NULL,
            currency       char(3) NOT NULL,
            off_amount     bigint  CHECK (off_amount > 0),
            minimum_amount bigint  CHECK (minimum_amount > 0),
            budget_amount  bigint  CHECK (budget_amount > 0),
            counted_amount bigint  NOT NULL DEFAULT 0 CHECK (counted_amount >= 0),
            PRIMARY KEY (brand_id, promotion_id, currency),
            FOREIGN KEY (brand_id, promotion_id) REFERENCES billing.promotions (brand_id, id) ON DELETE CASCADE,
            CHECK (counted_amount <= budget_amount)
        ) WITH (fillfactor = 80)
    """)
    op.execute("""
        CREATE TABLE billing.promotion_codes (
            brand_id     uuid        NOT NULL DEFAULT platform.current_brand(),
            code         text        NOT NULL CHECK (code = upper(code)),
            promotion_id uuid        NOT NULL,
            is_unique    boolean     NOT NULL,
            uses         integer     NOT NULL DEFAULT 0 CHECK (uses >= 0),
            job_id       uuid,
            created_at   timestamptz NOT NULL,
            PRIMARY KEY (brand_id, code),
            FOREIGN KEY (brand_id, promotion_id) REFERENCES billing.promotions (brand_id, id) ON DELETE CASCADE,
            CHECK (NOT is_unique OR uses <= 1)
        ) WITH (fillfactor = 80)
    """)
    op.execute(
        "CREATE INDEX promotion_codes_of_promotion ON billing.promotion_codes (brand_id, promotion_id, is_unique)"
    )
    op.execute(
        "CREATE INDEX promotion_codes_of_job ON billing.promotion_codes (job_id) WHERE job_id IS NOT NULL"
    )
    op.execute("""
        CREATE TABLE billing.promotion_uses (
            brand_id      uuid        NOT NULL DEFAULT platform.current_brand(),
            id            uuid        NOT NULL,
            promotion_id  uuid        NOT NULL,
            code          text,
            order_id      uuid        NOT NULL,
            customer_id   uuid,
            email_key     text,
            currency      char(3)     NOT NULL,
            amount        bigint      NOT NULL CHECK (amount > 0),
            used_at       timestamptz NOT NULL,
            given_back_at timestamptz,
            PRIMARY KEY (brand_id, id),
            UNIQUE (brand_id, order_id, promotion_id),
            FOREIGN KEY (brand_id, promotion_id) REFERENCES billing.promotions (brand_id, id)
        ) WITH (fillfactor = 80)
    """)
    op.execute("""
        CREATE INDEX promotion_uses_standing ON billing.promotion_uses (brand_id, promotion_id, currency)
       INCLUDE (amount) WHERE given_back_at IS NULL
    """)
    for column in ("email_key", "customer_id"):
        op.execute(f"""
            CREATE INDEX promotion_uses_by_{column} ON billing.promotion_uses (brand_id, {column}, promotion_id)
             WHERE {column} IS NOT NULL
        """)
    op.execute("""
        CREATE TABLE billing.known_buyers (
            brand_id uuid        NOT NULL DEFAULT platform.current_brand(),
            buyer    text        NOT NULL,
            since    timestamptz NOT NULL,
            PRIMARY KEY (brand_id, buyer)
        )
    """)
    for table in ("promotions", "promotion_terms", "promotion_codes", "promotion_uses", "known_buyers"):
        protect(f"billing.{table}")


def downgrade() -> None:
    for table in ("known_buyers", "promotion_uses", "promotion_codes", "promotion_terms", "promotions"):
        op.execute(f"DROP TABLE billing.{table}")
