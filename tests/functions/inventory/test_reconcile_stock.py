"""POST /v1/admin/inventory/reconcile: counters are counted anew, and mended if that is asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from functions.inventory.reconcile_stock import handler
from shared.identity.permissions import Role
from shared.inventory import reconciling, reservations
from shared.migrations.provision import DatabaseUrls
from shared.platform.brands import Brand
from shared.platform.work import begin
from tests.accounts import signed_in
from tests.deeds import log
from tests.gateway import Answer, call
from tests.stock import assert_reconciled, some_id
from tests.warehouse import STOCK, Keeper, goods, kinds_told

pytestmark = pytest.mark.usefixtures("issuer")

type Break = Callable[..., None]


@pytest.fixture
def break_counters(
    brand: Brand, worker_database: tuple[DatabaseUrls, psycopg.Connection, list[str]]
) -> Break:
    """Sets columns of a variant's items as only somebody can who switches the triggers off."""
    _, admin, _ = worker_database

    def broken(variant: UUID, **columns: int) -> None:
        changes = ", ".join(f"{name} = {value}" for name, value in columns.items())
        with admin.transaction():
            admin.execute("SET LOCAL session_replication_role = replica")
            statement = f"UPDATE inventory.inventory_items SET {changes} WHERE variant_id = %s"
            admin.execute(statement.encode(), (variant,))

    return broken


def reconcile(brand: Brand, role: Role = Role.ADMIN, **body: Any) -> Answer:
    return call(handler, "POST", f"{STOCK}/reconcile", body, headers=signed_in(brand, role))


def test_what_adds_up_is_said_to(brand: Brand) -> None:
    goods(brand, 5)
    goods(brand, 7)
    answer = reconcile(brand)
    assert answer.body == {"items": 2, "wrong": 0, "mended": 0, "discrepancies": []}


def test_what_is_wrong_is_told_and_left(brand: Brand, break_counters: Break) -> None:
    mug = goods(brand, 5)
    goods(brand, 7)
    with begin(brand, "test") as work:
        reservations.reserve(work, some_id(), {mug: 2}, work.now + timedelta(minutes=9))
    break_counters(mug, on_hand=9, reserved=1)
    for _ in range(2):
        answer = reconcile(brand)
        assert (answer.body["items"], answer.body["wrong"], answer.body["mended"]) == (2, 1, 0)
        (wrong,) = answer.body["discrepancies"]
        assert {name: wrong[name] for name in ("on_hand", "moved", "reserved", "held", "mended")} == {
            "on_hand": 9,
            "moved": 5,
            "reserved": 1,
            "held": 2,
            "mended": False,
        }


@pytest.mark.parametrize("broken", [{"on_hand": 4}, {"reserved": 1}])
def test_one_counter_that_is_wrong_is_enough(
    brand: Brand, break_counters: Break, broken: dict[str, int]
) -> None:
    mug = goods(brand, 5)
    break_counters(mug, **broken)
    assert reconcile(brand).body["wrong"] == 1
    assert reconcile(brand, mend=True).body["mended"] == 1
    assert_reconciled(brand)


def test_what_is_wrong_is_mended_when_asked_and_the_log_says_so(brand: Brand, break_counters: Break) -> None:
    mug, lamp = goods(brand, 5), goods(brand, 7, "Lamp")
    for each in (mug, lamp):
        break_counters(each, on_hand=1)
    only = reconcile(brand, mend=True, variant_id=str(mug))
    assert (only.body["items"], only.body["mended"]) == (1, 1)
    assert Keeper.of(brand).levels(lamp)[0] == 1
    assert reconcile(brand, mend=True).body["mended"] == 1
    assert_reconciled(brand)
    entry = log(brand)[0]
    assert entry["changes"] == {"on_hand": {"before": 1, "after": 7}}
    assert entry["resource"]["variant_id"] == str(lamp)


def test_mending_tells_what_it_shows(brand: Brand, break_counters: Break) -> None:
    mug = goods(brand, 5)
    Keeper.of(brand).move(mug, "out", 5)
    break_counters(mug, on_hand=3)
    assert reconcile(brand, mend=True).body["mended"] == 1
    assert kinds_told(brand) == ["stock.out"]


def test_what_is_held_and_is_not_there_is_left_to_people(brand: Brand, break_counters: Break) -> None:
    mug = goods(brand, 5)
    break_counters(mug, on_hand=9)
    with begin(brand, "test") as work:
        reservations.reserve(work, some_id(), {mug: 8}, work.now + timedelta(minutes=9))
    answer = reconcile(brand, mend=True)
    assert (answer.status, answer.body["wrong"], answer.body["mended"]) == (200, 1, 0)
    assert answer.body["discrepancies"][0]["mended"] is False


def test_more_items_than_one_batch_are_all_counted(
    brand: Brand, break_counters: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "BATCH", 2)
    made = [goods(brand, 1) for _ in range(5)]
    break_counters(made[4], on_hand=2)
    assert reconcile(brand).body | {"discrepancies": []} == {
        "items": 5,
        "wrong": 1,
        "mended": 0,
        "discrepancies": [],
    }


def test_the_database_takes_nothing_but_the_sums(brand: Brand, break_counters: Break) -> None:
    mug = goods(brand, 5)
    break_counters(mug, on_hand=9)
    for wrong in (8, 4):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation), begin(brand, "test") as work:
            work.run("UPDATE inventory.inventory_items SET on_hand = %(wrong)s", wrong=wrong)
    with begin(brand, "test") as work:
        work.run("UPDATE inventory.inventory_items SET on_hand = 5")
    assert_reconciled(brand)


def test_another_brands_counters_are_not_looked_at(
    brand: Brand, another_brand: Brand, break_counters: Break
) -> None:
    theirs = goods(another_brand, 5)
    break_counters(theirs, on_hand=1)
    assert reconcile(brand, mend=True).body["items"] == 0
    assert reconcile(brand, mend=True, variant_id=str(theirs)).body["items"] == 0


def test_only_admins_reconcile(brand: Brand) -> None:
    assert reconcile(brand, Role.MANAGER).status == 403
    assert call(handler, "POST", f"{STOCK}/reconcile", {}, headers={"x-brand": brand.slug}).status == 401
