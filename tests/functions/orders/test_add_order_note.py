"""Staff write to each other about an order."""

from uuid import uuid4

from functions.orders.add_order_note import handler
from shared.identity.permissions import Role
from tests.functions.orders.conftest import Desk
from tests.people import Person


def test_a_note_is_kept_with_its_author_and_is_no_business_of_the_buyer(desk: Desk) -> None:
    bought = desk.paid(1)
    support = Person.staff(desk.brand, Role.SUPPORT)
    answer = bought.note(by=support, body="Called twice; wants it gift-wrapped")
    assert (answer.status, answer.body["author"]) == (201, support.account.email)
    bought.note(body="Done")
    assert [note["body"] for note in bought.seen()["notes"]] == [
        "Done",
        "Called twice; wants it gift-wrapped",
    ]
    assert bought.note(body="").status == 422
    unknown = support.call(
        handler, "POST", "/v1/admin/orders/{order_id}/notes", {"body": "x"}, order_id=uuid4()
    )
    assert (unknown.status, unknown.code) == (404, "order_not_found")
    assert bought.note(by=Person.member(desk.brand), body="x").status == 403
