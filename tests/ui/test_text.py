"""Text of guests, partners and files reaches the screen as its own characters and nothing more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.ui.text import plain, safe

JOINER = "\u2060"
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/a.png)",
    "[click](javascript:alert(1))",
    ":red[paid]",
    ":material/home:",
    ":streamlit:",
    "# head",
    "- item",
    "* item",
    "> quote",
    "`code`",
    "**bold**",
    "_em_",
    "~~gone~~",
    "$x^2$",
    "a | b",
    "\\",
    "***",
    "&lt;b&gt;",
    "&#60;",
    "[^1]",
    "{x}",
    "==marked==",
    "https://evil.example/a",
    "www.evil.example",
    "ana@evil.example",
    "ftp://evil.example",
)
# What Markdown or Streamlit's own directives could read; each stands behind a backslash.
READ = r"\`*_{}[]()<>#+-.!|~$:^=&@/"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_that_markdown_reads_stands_unescaped(payload):
    assert re.findall(rf"(?<!\\)[{re.escape(READ)}]", re.sub(r"\\[\W_]", "", safe(payload))) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_is_shown_is_what_was_given(payload):
    assert shown(safe(payload)) == payload


def shown(markdown: str) -> str:
    """What a reader sees of escaped text: backslashes and word joiners are not drawn."""
    return re.sub(rf"\\([{re.escape(READ)}])", r"\1", markdown).replace(JOINER, "")


@pytest.mark.parametrize(
    ("bare", "broken"),
    [
        ("https://evil.example", f"https\\:{JOINER}\\/\\/evil\\.example"),
        ("HTTP://EVIL", f"HTTP\\:{JOINER}\\/\\/EVIL"),
        ("WWW.evil.example", f"WWW{JOINER}\\.evil\\.example"),
        ("ana@evil.example", f"ana\\@{JOINER}evil\\.example"),
    ],
)
def test_a_bare_link_is_broken_by_a_character_nobody_sees(bare, broken):
    assert safe(bare) == broken


def test_text_is_one_line_so_that_it_cannot_begin_a_list_or_a_heading():
    assert safe("Ana\n\n# Head\r\n- item\u2028x") == r"Ana \# Head \- item x"


def test_direction_marks_and_control_characters_vanish():
    assert safe("\u202eanA\u202c \x07\u200fSilva\u2066") == "anA Silva"
    assert plain("\ufeffAna\u202e\x00 Silva") == "Ana Silva"


def test_nothing_is_an_empty_text():
    assert (safe(None), safe(""), plain(None)) == ("", "", "")


def test_a_table_cell_keeps_its_characters():
    assert plain("=1+1 <b>Ana</b> :red[x]") == "=1+1 <b>Ana</b> :red[x]"


def test_names_of_every_script_stay_whole():
    assert [safe(name) for name in ("አበበ በቂላ", "කුමාරි", "Արամ", "李小龍", "محمد")] == ["አበበ በቂላ", "කුමාරි", "Արամ", "李小龍", "محمد"]


@given(st.text())
def test_any_text_shows_as_its_visible_characters(text):
    assert shown(safe(text)) == plain(text).replace(JOINER, "")
