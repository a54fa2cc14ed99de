"""Which addresses can be mailed, and that none of them can smuggle a header or a recipient."""

from email import message_from_string, policy
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.notifications.addresses import UnmailableAddress, mailable, one_line, sender


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ada@demo.test", "ada@demo.test"),
        ("Ada.Lovelace+shop@Sub.Example.COM", "Ada.Lovelace+shop@Sub.Example.COM"),
        ("ada@exämple.fr", "ada@xn--exmple-cua.fr"),
        ("o'hara@example.ie", "o'hara@example.ie"),
    ],
)
def test_ordinary_addresses_are_mailable(address: str, written: str) -> None:
    assert mailable(address) == written


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@demo.test",
        "ada@",
        "ada@localhost",
        "ada@demo..test",
        "ada@-demo.test",
        ".ada@demo.test",
        "a..b@demo.test",
        "ada@[127.0.0.1]",
        '"ada lovelace"@demo.test',
        "ada@demo.test, eve@evil.test",
        "ada@demo.test\r\nBcc: eve@evil.test",
        "ada\n@demo.test",
        "ada@demo.test\n",
        "Ada <ada@demo.test>",
        "ada@demo.test>",
        "adâ@demo.test",
        "ada@dem\x00o.test",
        "a" * 65 + "@demo.test",
        "ada@" + "a" * 64 + ".test",
        "ada@" + "a.bb" * 80 + ".test",
        "ada@" + "ä" * 80 + ".test",
    ],
)
def test_what_mail_cannot_carry_is_refused(address: str) -> None:
    with pytest.raises(UnmailableAddress):
        mailable(address)


@given(st.text(max_size=60))
def test_what_passes_is_one_address_without_anything_else(text: str) -> None:
    try:
        written = mailable(text)
    except UnmailableAddress:
        return
    assert written.isascii()
    assert written.isprintable()
    assert " " not in written
    assert getaddresses([written]) == [("", written)]


@given(st.text(max_size=80))
def test_a_brand_s_name_cannot_add_a_header_or_change_who_sends(name: str) -> None:
    field = sender(name, "shop@demo.test")
    assert "\r" not in field
    assert "\n" not in field
    parsed = message_from_string(f"From: {field}\nSubject: x\n\nbody", policy=policy.default)
    assert [name for name, _ in parsed.items()] == ["From", "Subject"]
    assert [address.addr_spec for address in parsed["From"].addresses] == ["shop@demo.test"]


@pytest.mark.parametrize(
    "name", ["Demo", "L’Épicerie du Lac", 'Quote " and \\ slash', "A, B & C", "渋谷の店"]
)
def test_a_brand_s_name_arrives_as_written(name: str) -> None:
    parsed = message_from_string(f"From: {sender(name, 'shop@demo.test')}\n\n", policy=policy.default)
    assert parsed["From"].addresses[0].display_name == name


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
