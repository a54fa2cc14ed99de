"""Speed: what lets statements go to the server together.

Revision ID: 0021_speed
Revises: 0020_orders
"""

from alembic import op

revision = "0021_speed"
down_revision = "0020_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # For a statement that is sent with the COMMIT: nobody looks at its answer before it is too late.
    op.execute("""
        CREATE FUNCTION platform.refuse_twin() RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the same request was answered meanwhile' USING ERRCODE = 'CT409';
        END $$
    """)


def downgrade() -> None:
    op.execute("DROP FUNCTION platform.refuse_twin()")
