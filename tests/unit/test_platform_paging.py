"""Cursors: what is written is read again, and by nobody else's list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform.paging import CursorInvalid, read_cursor, write_cursor

VALUES = st.one_of(
    st.none(),
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
)


def kind_of(value: str | int | None) -> type[str] | type[int] | None:
    return None if value is None else int if isinstance(value, int) else str


@given(value=VALUES, row_id=st.uuids(), sort=st.sampled_from(["name", "-total"]))
def test_a_cursor_is_read_as_it_was_written(value: str | int | None, row_id: object, sort: str) -> None:
    cursor = write_cursor(sort, value, row_id)  # type: ignore[arg-type]
    assert read_cursor(cursor, sort, kind_of(value)) == (value, row_id)
    assert cursor.isascii()


@given(value=VALUES, row_id=st.uuids())
def test_a_cursor_of_another_order_or_kind_is_refused(value: str | int | None, row_id: object) -> None:
    cursor = write_cursor("name", value, row_id)  # type: ignore[arg-type]
    with pytest.raises(CursorInvalid):
        read_cursor(cursor, "-name", kind_of(value))
    for kind in {str, int, None} - {kind_of(value)}:
        with pytest.raises(CursorInvalid):
            read_cursor(cursor, "name", kind)


@given(cursor=st.text(max_size=80))
def test_whatever_else_is_sent_is_refused(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        read_cursor(cursor, "name", str)


@pytest.mark.parametrize(
    ("value", "kind"), [(True, int), (10**18, int), ("a\0b", str), (1.5, int), ([], str)]
)
def test_what_no_column_holds_is_refused(value: object, kind: type[str] | type[int]) -> None:
    with pytest.raises(CursorInvalid):
        read_cursor(write_cursor("name", value, "01932f00-0000-7100-8000-000000000001"), "name", kind)  # type: ignore[arg-type]
