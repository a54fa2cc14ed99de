"""The tables of the billing context, for Alembic's comparison and for lists whose filters are chosen at run time."""

from shared.billing.tables import invoices as invoices
from shared.billing.tables import payments as payments
from shared.billing.tables import promotions as promotions
from shared.billing.tables import reconciliations as reconciliations
from shared.billing.tables.base import Base as Base
