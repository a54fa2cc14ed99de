"""Invoices and credit notes, and the numbers that were given to them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, Date, ForeignKeyConstraint, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.billing.tables.base import Base
from shared.platform.registry import THIS_BRAND


class InvoiceCounterRow(Base):
    """The last number of a series in a year, and the day it was given on."""

    __tablename__ = "invoice_counters"

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last_number: Mapped[int] = mapped_column(BigInteger)
    last_on: Mapped[date] = mapped_column(Date)


class InvoiceRow(Base):
    """An invoice or a credit note, whole. With a `number` it never changes but for its status, payment and file, and once by an erasure.

    Amounts in minor units: `total = net + tax`. `seller` is null while it is a draft; `lines` and `tax_lines` are
    `invoices.records.Line` and `Taxed`. `corrects_id`: the invoice that a credit note takes something off;
    `file_asked_at`: when somebody last had the file made.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("brand_id", "number"),
        ForeignKeyConstraint(
            ["brand_id", "corrects_id"], ["billing.invoices.brand_id", "billing.invoices.id"]
        ),
        Index(
            "invoices_one_an_order",
            "brand_id",
            "order_id",
            unique=True,
            postgresql_where=text("kind = 'invoice'"),
        ),
        Index("invoices_one_a_refund", "brand_id", "refund_id", unique=True),
        Index("invoices_of_order", "brand_id", "order_id", "id"),
        Index("invoices_correcting", "brand_id", "corrects_id"),
        Index("invoices_of_customer", "brand_id", "customer_id", "id"),
        Index("invoices_drafts", "brand_id", "id", postgresql_where=text("status = 'draft'")),
    )

    brand_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=THIS_BRAND)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    type: Mapped[str]
    status: Mapped[str]
    number: Mapped[str | None]
    customer_id: Mapped[UUID | None]
    order_id: Mapped[UUID | None]
    refund_id: Mapped[UUID | None]
    subscription_id: Mapped[UUID | None]
    corrects_id: Mapped[UUID | None]
    order_number: Mapped[int | None] = mapped_column(BigInteger)
    locale: Mapped[str]
    currency: Mapped[str] = mapped_column(CHAR(3))
    net_amount: Mapped[int] = mapped_column(BigInteger)
    tax_amount: Mapped[int] = mapped_column(BigInteger)
    total_amount: Mapped[int] = mapped_column(BigInteger)
    paid_amount: Mapped[int] = mapped_column(BigInteger, server_default="0")
    tax_treatment: Mapped[str]
    tax_lines: Mapped[list[dict[str, Any]]]
    lines: Mapped[list[dict[str, Any]]]
    seller: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    buyer: Mapped[dict[str, Any]]
    deliver_to: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str | None]
    gateway: Mapped[str | None]
    supplied_on: Mapped[date] = mapped_column(Date)
    issued_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    issued_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    file_key: Mapped[str | None]
    file_made_at: Mapped[datetime | None]
    file_asked_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
