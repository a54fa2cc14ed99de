"""Several of the staff at work on the same things at once: nobody waits in a circle, and nothing is left half done."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from shared.platform.brands import Brand
from shared.platform.database import close_all
from shared.platform.work import begin
from tests.editors import Editor, euros, priced
from tests.people import rows

pytestmark = pytest.mark.usefixtures("issuer")

ROUNDS = 8
_LISTINGS = (
    "SELECT product_id, slug, category_slugs, tag_slugs, card::text FROM catalog.product_listings ORDER BY 1"
)


def test_whoever_edits_what_at_once_all_are_answered_and_cards_are_true(brand: Brand) -> None:
    editor = Editor.of(brand)
    home, shop = editor.category("Maison"), editor.category("Boutique")
    kitchen = editor.category("Cuisine", home["id"])
    tag = editor.do("create_tag", {"title": "Bio"}).body
    bowl, cup = (
        editor.published(title=title, category_ids=[kitchen["id"]], tags=["bio"], variants=[priced(title)])
        for title in ("Bol", "Tasse")
    )
    ready, answers = threading.Barrier(5), []

    def work(number: int, deed: Callable[[Editor, int], Any]) -> None:
        mine = Editor.of(brand)
        ready.wait()
        try:
            for round_ in range(ROUNDS):
                answers.append((number, deed(mine, round_)))
        finally:
            close_all()

    def reprice(mine: Editor, n: int) -> int:
        product = (bowl, cup)[n % 2]
        wish = {"price": euros(1000 + n), "compare_at_price": euros(2000)}
        variant = product["variants"][0]["id"]
        return mine.do("change_variant", wish, product_id=product["id"], variant_id=variant).status

    def move(mine: Editor, n: int) -> int:
        wish = {"parent_id": (home, shop)[n % 2]["id"], "slug": f"cuisine-{n % 3}"}
        return mine.do("change_category", wish, category_id=kitchen["id"]).status

    def retag(mine: Editor, n: int) -> int:
        wish = {
            "tags": ["bio", f"t{n}"],
            "category_ids": [kitchen["id"], shop["id"]],
            "slug": f"tasse-{n % 3}",
        }
        return mine.do("change_product", wish, product_id=cup["id"]).status

    def come_and_go(mine: Editor, n: int) -> int:
        return mine.do(("archive_product", "publish_product")[n % 2], product_id=bowl["id"]).status

    def rename(mine: Editor, n: int) -> int:
        mine.do("set_seo", {"meta_title": f"{n}"}, entity_type="category", entity_id=kitchen["id"])
        return mine.do("change_tag", {"slug": f"bio-{n}"}, tag_id=tag["id"]).status

    threads = [
        threading.Thread(target=work, args=each)
        for each in enumerate((reprice, move, retag, come_and_go, rename))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for _, status in answers} == {200}
    assert len(answers) == 5 * ROUNDS
    kept = rows(brand, _LISTINGS)
    with begin(brand, "test") as work_:
        work_.run("DELETE FROM catalog.product_listings")
        work_.value("SELECT catalog.refresh_listings(ARRAY(SELECT id FROM catalog.products))")
        assert work_.all(_LISTINGS) == kept
    loops = "SELECT 1 FROM catalog.url_redirects a JOIN catalog.url_redirects b ON b.from_path = a.to_path"
    assert rows(brand, loops) == []
