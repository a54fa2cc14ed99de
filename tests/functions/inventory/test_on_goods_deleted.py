"""product.deleted, variant.removed: of what the catalogue knows no more, inventory keeps the history and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from functions.inventory.on_goods_deleted import handler
from shared.inventory import reservations, restock_requests, shortages
from shared.inventory.reservations import SYSTEM
from shared.platform.brands import Brand
from shared.platform.database import Role as DatabaseRole
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.editors import Editor, priced
from tests.gateway import Bus, batch
from tests.killing import DieAt, Killed
from tests.people import rows
from tests.stock import HALF_AN_HOUR, assert_reconciled, counters, some_id, states
from tests.warehouse import Keeper

pytestmark = pytest.mark.usefixtures("issuer", "till")

KINDS = ("product.deleted", "variant.removed")


def mug(editor: Editor, *skus: str) -> tuple[str, list[UUID]]:
    made = editor.published(
        title="Mug",
        variants=[priced(sku, options={"Size": sku}) for sku in skus or ("MUG",)],
    )
    return made["id"], [UUID(each["id"]) for each in made["variants"]]


def hold(brand: Brand, variant: UUID, units: int) -> UUID:
    cart = some_id()
    with begin(brand, "test") as work:
        reservations.reserve(work, cart, {variant: units}, work.now + HALF_AN_HOUR)
    return cart


def deliver(bus: Bus, times: int = 1) -> dict[str, list[dict[str, str]]]:
    told = [detail for detail in bus.relay() if detail["type"] in KINDS]
    assert told
    for _ in range(times):
        answer = handler(batch(told), None)
    return answer


def test_nothing_is_kept_held_awaited_or_missed_of_a_deleted_product(brand: Brand, bus: Bus) -> None:
    editor, keeper = Editor.of(brand), Keeper.of(brand)
    product, [variant] = mug(editor)
    keeper.move(variant, "in", 10)
    keeper.set(variant, safety_stock=2, low_threshold=20)
    cart = hold(brand, variant, 3)
    assert keeper.alerts() == [("low", "open")]
    assert editor.do("delete_product", product_id=product).status == 204
    assert deliver(bus, times=2) == {"batchItemFailures": []}
    assert (keeper.levels(variant), states(brand, cart)) == ((0, 0, 0), [("released", 3)])
    assert keeper.alerts() == []
    with begin(None, "test", DatabaseRole.JOBS) as work:
        assert shortages.short(work) == []
    history = keeper.stock(variant).body["movements"]
    assert [(each["type"], each["quantity"], each["actor"]) for each in history][:1] == [
        ("adjustment", -10, SYSTEM)
    ]
    assert_reconciled(brand)


def test_of_one_variant_that_is_taken_away_the_others_keep_theirs(brand: Brand, bus: Bus) -> None:
    editor, keeper = Editor.of(brand), Keeper.of(brand)
    product, [small, large] = mug(editor, "S", "L")
    for variant in (small, large):
        keeper.move(variant, "in", 4)
    assert editor.do("remove_variant", product_id=product, variant_id=small).status == 204
    deliver(bus)
    assert (counters(brand, small), counters(brand, large)) == ((0, 0), (4, 0))


def test_what_never_moved_leaves_no_row_and_who_waited_for_it_is_forgotten(brand: Brand, bus: Bus) -> None:
    editor, keeper = Editor.of(brand), Keeper.of(brand)
    product, [variant] = mug(editor)
    keeper.set(variant, low_threshold=3)
    with begin(brand, "test") as work:
        restock_requests.ask(work, variant, "ada@example.com", "fr")
    editor.do("delete_product", product_id=product)
    deliver(bus)
    assert rows(brand, "SELECT 1 FROM inventory.inventory_items") == []
    assert rows(brand, "SELECT 1 FROM inventory.restock_requests") == []


def test_what_is_owed_is_owed_no_more_and_what_an_order_holds_stays_its_own(brand: Brand, bus: Bus) -> None:
    editor, keeper = Editor.of(brand), Keeper.of(brand)
    product, [owed, ordered] = mug(editor, "S", "L")
    keeper.set(owed, backorder_allowed=True)
    keeper.move(owed, "out", 3)
    keeper.move(ordered, "in", 5)
    # An order that was placed while the product was being deleted.
    cart, order = hold(brand, ordered, 2), some_id()
    with begin(brand, "test") as work:
        reservations.hand_over(work, cart, order, {ordered: 2}, work.now + HALF_AN_HOUR)
    editor.do("delete_product", product_id=product)
    deliver(bus)
    assert (counters(brand, owed), counters(brand, ordered)) == ((0, 0), (2, 2))
    assert rows(brand, "SELECT 1 FROM inventory.inventory_items WHERE backorder_allowed") == []
    with begin(brand, "test") as work:
        assert reservations.commit(work, order) == {ordered: 2}
    assert counters(brand, ordered) == (0, 0)
    assert_reconciled(brand)


def test_what_the_catalogue_still_knows_is_left_alone(brand: Brand, bus: Bus) -> None:
    editor, keeper = Editor.of(brand), Keeper.of(brand)
    product, [small, large] = mug(editor, "S", "L")
    keeper.move(large, "in", 4)
    editor.do("remove_variant", product_id=product, variant_id=small)
    [detail] = [detail for detail in bus.relay() if detail["type"] in KINDS]
    detail["data"]["variant_id"] = str(large)
    assert handler(batch([detail]), None) == {"batchItemFailures": []}
    assert counters(brand, large) == (4, 0)


@pytest.mark.parametrize("step", ["before_story", "before_commit", "after_commit", "before_delete"])
def test_killed_on_its_way_it_writes_off_once(brand: Brand, bus: Bus, die_at: DieAt, step: str) -> None:
    editor, keeper = Editor.of(brand), Keeper.of(brand)
    product, [variant] = mug(editor)
    keeper.move(variant, "in", 4)
    editor.do("delete_product", product_id=product)
    events = [detail for detail in bus.relay() if detail["type"] in KINDS]
    die_at(step)
    with pytest.raises(Killed):
        handler(batch(events), None)
    assert handler(batch(events), None) == {"batchItemFailures": []}
    written = rows(brand, "SELECT quantity FROM inventory.inventory_movements ORDER BY id")
    assert [row.quantity for row in written] == [4, -4]


def test_a_cart_that_is_being_changed_is_waited_for_and_tried_again(brand: Brand, bus: Bus) -> None:
    editor, keeper = Editor.of(brand), Keeper.of(brand)
    product, [variant] = mug(editor)
    keeper.move(variant, "in", 4)
    cart = hold(brand, variant, 1)
    editor.do("delete_product", product_id=product)
    events = [detail for detail in bus.relay() if detail["type"] in KINDS]
    with begin(brand, "test") as work:
        reservations.renew(work, cart, work.now + 2 * HALF_AN_HOUR)
        with ThreadPoolExecutor(1) as elsewhere:
            answer = elsewhere.submit(handler, batch(events), None).result()
            elsewhere.submit(close_all).result()
        assert len(answer["batchItemFailures"]) == 1
    assert handler(batch(events), None) == {"batchItemFailures": []}
    assert counters(brand, variant) == (0, 0)
