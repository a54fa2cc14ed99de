"""Reading product files: whatever a spreadsheet wrote, and whatever somebody wrote to do harm."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.spreadsheets import cells, decoding, parsing
from shared.catalog.spreadsheets.cells import CellRefused
from shared.catalog.spreadsheets.columns import headings, meaning
from shared.catalog.spreadsheets.decoding import SheetRefused
from shared.catalog.spreadsheets.parsing import Parsed, Parsing
from shared.catalog.spreadsheets.tag_names import TagNames
from shared.platform.background import Line

HEAD = "Handle,Title,Body (HTML),Tags,Variant SKU,Variant Price,Option1 Name,Option1 Value\n"


def parsed(text: str | bytes, currency: str = "EUR") -> tuple[list[Parsed], list[Line]]:
    reading = Parsing(decoding.read(text.encode() if isinstance(text, str) else text), currency)
    reading.run()
    return reading.products, reading.lines


def codes(text: str | bytes, currency: str = "EUR") -> list[tuple[int | None, str | None, str]]:
    return [(line.row, line.column, line.code) for line in parsed(text, currency)[1]]


def refused(content: bytes) -> str:
    with pytest.raises(SheetRefused) as caught:
        parsed(content)
    return caught.value.code


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("12.50", 1250), ("12,5", 1250), ("12", 1200), (" 12 ", 1200), ("1 234,50", 123450), ("1\u00a0234,50", 123450),
        ("1,234.50", 123450), ("1.234,50", 123450), ("1,234,567.89", 123456789), ("1'234.50", 123450), ("0", 0), ("0.00", 0),
        ("19.990", 1999),
    ],
)  # fmt: skip
def test_amounts_are_what_they_look_like(cell: str, amount: int) -> None:
    assert cells.amount(cell, "EUR") == amount


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1,234", "too_many_decimals"), ("12.345", "too_many_decimals"), ("-1", "amount_invalid"), ("12 EUR", "amount_invalid"),
        ("€12", "amount_invalid"), ("1e3", "amount_invalid"), ("NaN", "amount_invalid"), ("1.2.3", "amount_invalid"),
        ("12,34,567.8", "amount_invalid"), ("١٢", "amount_invalid"), ("9" * 15, "amount_too_large"), ("9" * 400, "amount_invalid"),
    ],
)  # fmt: skip
def test_what_could_be_two_amounts_or_none_is_refused(cell: str, code: str) -> None:
    with pytest.raises(CellRefused) as caught:
        cells.amount(cell, "EUR")
    assert caught.value.code == code


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert (cells.amount("1200", "JPY"), cells.amount("1.234", "TND")) == (1200, 1234)
    with pytest.raises(CellRefused):
        cells.amount("12.5", "JPY")


@given(st.text())
def test_no_cell_is_taken_for_a_formula_and_each_says_what_it_said(text: str) -> None:
    text = text.replace("\x00", "")
    written = cells.guarded(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert cells.plain(written) == text


@pytest.mark.parametrize(
    "evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", "''=1", '=HYPERLINK("http://x")']
)
def test_formulas_are_neutralised_and_come_back(evil: str) -> None:
    assert cells.guarded(evil) == f"'{evil}"
    assert cells.plain(f"'{evil}") == evil


@pytest.mark.parametrize("harmless", ["'tis", "d'eau", "a=b", "", "'", "''"])
def test_what_does_nothing_stays_as_it_is(harmless: str) -> None:
    assert cells.guarded(harmless) == cells.plain(harmless) == harmless


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_however_it_was_written(encoding: str, separator: str, end: str) -> None:
    written = io.StringIO()
    sheet = csv.writer(written, delimiter=separator, lineterminator=end)
    sheet.writerow(["Handle", "Title", "Variant SKU", "Variant Price"])
    sheet.writerow(["cafe", 'Café; crème, "fort"', "CAFÉ-1", "1 234,50"])
    [product], lines = parsed(written.getvalue().encode(encoding))
    assert lines == []
    assert product.fields["title"] == 'Café; crème, "fort"'
    assert product.variants[0]["fields"]["prices"] == {"EUR": {"price": 123450}}
    assert product.variants[0]["sku"] == "CAFÉ-1"


def test_excels_own_first_line_and_empty_rows_are_passed_over() -> None:
    [product], lines = parsed("sep=;\r\n\r\nHandle;Title\r\n;\r\nbol;Un bol\r\n")
    assert (product.handle, product.row, lines) == ("bol", 5, [])


# The heading of the template that Shopify gives out since 2025.
TODAYS = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,Option1 name,"
    "Option1 value,Option1 Linked To,Price,Compare-at price,Cost per item,Charge tax,Tax code,Inventory tracker,Inventory quantity,"
    "Continue selling when out of stock,Weight value (grams),Weight unit for display,Requires shipping,Fulfillment service,"
    "Product image URL,Image position,Image alt text,Variant image URL,Gift card,SEO title,SEO description"
)


def test_the_columns_of_todays_template_are_known_too() -> None:
    row = (
        "Bol,bol,<p>Grand</p>,Moi,,,grès,TRUE,active,BOL-1,123,Taille,L,,12.50,15,4,TRUE,,shopify,7,deny,300,g,TRUE,manual,"
        "https://x.example/a.jpg,1,Un bol,,FALSE,Le bol,Grand bol"
    )
    [product], lines = parsed(f"{TODAYS}\n{row}\n")
    assert product.handle == "bol"
    assert product.fields == {
        "title": "Bol", "description": "<p>Grand</p>", "categories": [], "tags": ["grès"], "status": "active",
        "seo_title": "Le bol", "seo_description": "Grand bol",
    }  # fmt: skip
    [variant] = product.variants
    assert (variant["sku"], variant["options"]) == ("BOL-1", {"Taille": "L"})
    assert variant["fields"] == {
        "barcode": "123", "weight_g": 300, "prices": {"EUR": {"price": 1250, "compare_at": 1500}}
    }  # fmt: skip
    assert [(image["src"], image["alt"]) for image in product.images] == [
        ("https://x.example/a.jpg", "Un bol")
    ]
    assert lines == []
    assert meaning("Compare-at price / USD") == ("variant", "compare_at:USD")


def test_a_column_that_nobody_knows_may_be_misspelt_and_is_told() -> None:
    [product], lines = parsed("Handle,Title,Variant Prize,,variant inventory qty\nbol,Un bol,12,,3\n")
    assert product.fields == {"title": "Un bol"}
    assert [(line.row, line.column, line.severity, line.code) for line in lines] == [
        (1, "Variant Prize", "warning", "column_unknown")
    ]


def test_a_column_by_its_old_and_by_its_new_name_is_there_twice() -> None:
    assert refused(b"Handle,Title,Variant SKU,SKU\na,A,1,2\n") == "column_repeated"


def test_a_cell_may_have_several_lines() -> None:
    [product], _ = parsed('Handle,Title,Body (HTML)\nbol,Un bol,"<p>a</p>\n<p>b</p>"\n')
    assert product.fields["description"] == "<p>a</p>\n<p>b</p>"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"), (b"\xef\xbb\xbf \n", "file_empty"), (b"a,b\n1,2\n", "no_known_column"),
        (b"Handle,handle\na,b\n", "column_repeated"), (b'Handle,Title\n"a,b\n', "malformed_csv"),
        (b'Handle,Title\n"a"x,b\n', "malformed_csv"), (b"PK\x03\x04\x00\x00", "no_known_column"),
        (b"Handle" + b",x" * 600, "too_many_columns"), (b"\x00" * 1000, "no_known_column"),
    ],
)  # fmt: skip
def test_what_is_no_product_file_is_refused(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_too_much_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_BYTES", 100)
    assert refused(HEAD.encode() + b"x" * 100) == "file_too_large"
    monkeypatch.undo()
    monkeypatch.setattr(decoding, "MAX_ROWS", 3)
    assert refused(b"Handle,Title\n" + b"".join(b"a%d,b\n" % n for n in range(4))) == "too_many_rows"


def test_a_file_that_was_made_to_take_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MOST_SECONDS", 0.0)
    assert refused(b"Handle,Title\na,A\n") == "too_slow"


def test_a_cell_of_a_megabyte_is_told_of_its_row() -> None:
    text = HEAD + f"a,{'x' * 1_000_000},,,,,,\nb,B,<p>{'x' * 1_000_000}</p>,,,,,\nc,C,,,,,,\n"
    products, lines = parsed(text)
    assert [(line.row, line.column) for line in lines] == [(2, "Title"), (3, "Body (HTML)")]
    assert [each.failed for each in products] == [True, True, False]
    assert refused(HEAD.encode() + b"a," + b"x" * 5_000_000 + b",,,,,,\n") == "malformed_csv"


def test_html_is_sanitised_and_titles_are_one_honest_line() -> None:
    [product], _ = parsed(
        HEAD
        + 'a,"Bol \u202eevil\x07","<p onclick=x>Hi<script>alert(1)</script><a href=""javascript:x"">l</a></p>",,,,,\n'
    )
    assert "script" not in product.fields["description"]
    assert "onclick" not in product.fields["description"]
    assert "javascript" not in product.fields["description"]
    assert product.fields["title"] == "Bol evil"


def test_rows_of_a_handle_are_one_product() -> None:
    text = HEAD + "bol,Un bol,,,B-S,10,Taille,S\nbol,,,,B-L,12,,L\ntasse,Tasse,,,T,8,,\n"
    (bowl, cup), lines = parsed(text)
    assert lines == []
    assert [(each["sku"], each["options"]) for each in bowl.variants] == [
        ("B-S", {"Taille": "S"}),
        ("B-L", {"Taille": "L"}),
    ]
    assert (bowl.rows, cup.rows) == (2, 1)
    assert cup.variants[0]["options"] is None


def test_shopifys_default_title_is_no_option() -> None:
    [product], _ = parsed(HEAD + "bol,Un bol,,,B,10,Title,Default Title\n")
    assert product.variants[0]["options"] == {}


def test_each_mistake_has_its_row_and_column() -> None:
    text = HEAD + "a,A,,,S1,x,,\nb,B,,,S1,1,,\nc,C,,,S3,1,,Rouge\n,,,,,5,,\nd,D,,,S4,1,,,surplus\n"
    assert codes(text) == [
        (2, "Variant Price", "amount_invalid"),
        (3, "Variant SKU", "sku_repeated"),
        (4, "Option1 Name", "option_unnamed"),
        (5, "Handle", "handle_missing"),
        (6, None, "too_many_cells"),
    ]


def test_a_handle_is_written_as_addresses_are_and_a_title_can_stand_for_it() -> None:
    products, _ = parsed("Handle,Title\nCafé Sablon!,x\n,Thé Vert\nabc-def,y\n")
    assert [each.handle for each in products] == ["cafe-sablon", "the-vert", "abc-def"]


def test_an_unknown_column_is_nobodys_mistake() -> None:
    [product], lines = parsed("Handle,Title,Google Shopping / Condition,Cost per item\nbol,Un bol,new,3\n")
    assert (product.fields, lines) == ({"title": "Un bol"}, [])


@given(st.binary(max_size=400))
def test_whatever_the_bytes_it_is_read_or_refused(content: bytes) -> None:
    for given_bytes in (content, HEAD.encode() + content):
        with suppress(SheetRefused):
            parsed(given_bytes)


@given(st.lists(st.lists(st.text(max_size=12), max_size=9), max_size=6))
def test_whatever_the_cells_every_row_is_accounted_for(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written).writerows([HEAD.strip().split(","), *rows])
    products, lines = parsed(written.getvalue())
    told = sum(each.rows for each in products)
    assert told == sum(any(cell.strip() for cell in row) for row in rows if row)
    assert all(line.row and line.code and line.message for line in lines)
    assert {each.row for each in products if each.failed} <= {line.row for line in lines} | {
        each.row for each in products
    }


def test_what_is_written_is_understood() -> None:
    for field, heading in headings(4, ["USD"]).items():
        assert meaning(heading) is not None, (field, heading)
    assert meaning("Price / USD") == ("variant", "price:USD")
    assert meaning("compare at price / chf") == ("variant", "compare_at:CHF")
    assert meaning("Kind (product.metafields.comptoir.kind)") == ("product", "kind")
    assert meaning("Anything at all (product.metafields.comptoir.kind)") == ("product", "kind")
    assert meaning("Kind (product.metafields.custom.kind)") is None


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z]{1,3}", fullmatch=True),
            st.sampled_from(["a", "A", "b", "x,y", "Thé", "the", "c"]),
        ),
        unique_by=lambda each: each[0],
    )
)
def test_a_tag_is_spelled_so_that_it_is_understood(known: list[tuple[str, str]]) -> None:
    names = TagNames(known)
    for slug, _ in known:
        word = names.spelled(slug)
        assert "," not in word
        assert names.resolve(word) == slug or names.resolve(slug) != slug
