"""Customers."""

from typing import Any

from local.stripe.session import Answer, Session, changed_metadata, new_id
from local.stripe.storage import Object

_TEXTS = ("description", "email", "name", "phone")
_PLAIN = (*_TEXTS, "address", "shipping", "preferred_locales", "tax_exempt", "balance", "invoice_prefix")


def create(session: Session, params: dict[str, Any]) -> Answer:
    """POST /v1/customers"""
    customer: Object = {
        "id": new_id("cus", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": session.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": new_id("C", 8)[2:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    customer = session.store.save(_changed(customer, params))
    session.tell("customer.created", customer)
    return Answer(customer)


def _changed(customer: Object, params: dict[str, Any]) -> Object:
    given = {name: (None if params[name] == "" else params[name]) for name in _PLAIN if name in params}
    if "metadata" in params:
        given["metadata"] = changed_metadata(customer["metadata"], params["metadata"])
    if "invoice_settings" in params:
        given["invoice_settings"] = {**customer["invoice_settings"], **params["invoice_settings"]}
    return {**customer, **given}


def retrieve(session: Session, params: dict[str, Any], customer: str) -> Answer:
    """GET /v1/customers/{customer}"""
    return Answer(session.get("customer", customer, "id"))


def update(session: Session, params: dict[str, Any], customer: str) -> Answer:
    """POST /v1/customers/{customer}"""
    found = session.get("customer", customer, "id")
    changed = session.store.save(_changed(found, params))
    before = {name: value for name, value in found.items() if changed[name] != value}
    if before:
        session.tell("customer.updated", changed, before)
    return Answer(changed)


def delete(session: Session, params: dict[str, Any], customer: str) -> Answer:
    """DELETE /v1/customers/{customer}"""
    found = session.get("customer", customer, "id")
    gone = {"id": found["id"], "object": "customer", "deleted": True}
    session.store.save(gone)
    session.tell("customer.deleted", found)
    return Answer(gone)
