"""Text of others in a Markdown document stays this text, and opens or closes nothing."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from web.markdown_text import (
    escape_markdown,
    link_destination,
    quote_markdown,
    tidy_markdown,
)

written = MarkdownIt("commonmark", {"html": False}).disable("image")
reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = [
    "# Heading", "####### no heading", "Heading #", "#", "- item", "-", "+ item", "* item", "1. item", "2) item", "> quote",
    "---", "===", "***", "~~~", "```", "`code`", "``", "a | b", "|---|", "*a*", "**a**", "_a_", "__a__b", "a_b_c", "!__a__!",
    "~~a~~", "[a](https://evil.example)", "![a](https://evil.example/a.png)", "[a]: https://evil.example", "<script>alert(1)</script>",
    "<https://evil.example>", "&lt;b&gt;", "&#35; x", "a\\", "\\*", "\\|", "a\n\n# b", "a\r\nb", "a\u2028b", "    code", "\tcode",
    "x  \ny", "<!--", "]]>", "](x)", "a](https://evil.example)[b", "*", "_", "=", "a & b", "علّام", "通义千问",
]  # fmt: skip
CONTEXTS = {
    "paragraph": ("{}\n", "paragraph_open inline paragraph_close"),
    "heading": ("## {}\n", "heading_open inline heading_close"),
    "item": ("- {}\n", "bullet_list_open list_item_open paragraph_open inline paragraph_close "
             "list_item_close bullet_list_close"),
}  # fmt: skip
TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from("\\`*_{}[]<>()#+-.!|&~=;:/ \n\tab1"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    min_size=1,
).filter(lambda text: text.split())


def with_examples(test):
    for text in HOSTILE:
        test = example(text)(test)
    return given(TEXT)(test)


def text_of(token):
    """The text of an inline token, which consists of text alone."""
    assert {child.type for child in token.children} <= {"text", "text_special"}, token.children
    return "".join(child.content for child in token.children)


def normal(text):
    return " ".join(text.split())


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_value_is_read_as_its_text_and_nothing_else(context):
    document, types = CONTEXTS[context]

    @with_examples
    def check(text):
        tokens = reader.parse(document.format(escape_markdown(text)))

        assert [token.type for token in tokens] == types.split(), text
        assert text_of(next(t for t in tokens if t.type == "inline")) == normal(text)

    check()


@with_examples
def test_a_value_stays_in_its_cell(text):
    value = escape_markdown(text)
    tokens = reader.parse(f"| A | B |\n|---|---|\n| {value} | {value} |\n| x | y |\n")

    cells = [text_of(token) for token in tokens if token.type == "inline"]
    assert cells == ["A", "B", normal(text), normal(text), "x", "y"]


@with_examples
def test_a_value_stays_in_its_link(text):
    tokens = reader.parse(f"[{escape_markdown(text)}](https://a.example)")

    inline = tokens[1].children
    assert [child.type for child in inline if child.type.startswith("link")] == [
        "link_open",
        "link_close",
    ]
    assert "".join(child.content for child in inline[1:-1]) == normal(text)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/b(c", "https://a.example/b c)d", "https://a.example/<b>|`c`", "https://a.example/?a=1&lt;=2",
     "https://a.example/\\", "https://a.example/ü?q=[x]*_"],
)  # fmt: skip
def test_a_link_leads_where_it_says(url):
    (link,) = [
        child
        for child in reader.parse(f"[a]({link_destination(url)})\n")[1].children
        if child.type == "link_open"
    ]

    assert link.attrs["href"].replace("%5B", "[").replace("%5D", "]") == (
        url.replace("(", "%28").replace(")", "%29").replace(" ", "%20").replace("<", "%3C").replace(">", "%3E")
        .replace("|", "%7C").replace("`", "%60").replace("\\", "%5C").replace("ü", "%C3%BC")
    )  # fmt: skip


MARKDOWN = [
    "# Heading\n\nText", "Heading\n===", "- a\n- b\n\n  c", "1. a\n2. b", "> quote\nlazy", "```\nopen", "```py\na\n\n\n# b\n```",
    "    code", "[a][docs] *b*\n\n[docs]: https://a.example", "<script>alert(1)</script>", "<!-- open", "**a `b` c**", "a\\\nb",
    "[docs]", "![a](https://a.example/a.png)", "| a | b |\n|---|---|", "***", "<https://a.example/a_b>", "&lt; &copy;", "text\n\n---\n\nmore",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKDOWN)
def test_what_staff_wrote_is_one_quote_with_the_same_meaning(text):
    before, after = "[docs]: https://ours.example\n\n[docs]\n\n", "\n\nAfter.\n\n- item"
    document = f"{before}{quote_markdown(text)}{after}"

    tokens = reader.parse(document)

    at_top = [token.type for token in tokens if token.level == 0 and token.nesting >= 0]
    assert at_top == ["paragraph_open", "blockquote_open", "paragraph_open", "bullet_list_open"]
    quoted = MarkdownIt("commonmark").render(quote_markdown(text))
    assert quoted == "<blockquote>\n" + written.render(text + "\n") + "</blockquote>\n"


def test_tags_leave_no_blank_lines_and_quotes_stay():
    document = "\n\n# A\n\n\n  text \n\n- a\n\n- b\n\n| a |\n\n| b |\n> ```\n>   x\n>\n>\n> ```\n\n"

    assert tidy_markdown(document) == (
        "# A\n\ntext\n\n- a\n- b\n\n| a |\n| b |\n> ```\n>   x\n>\n>\n> ```\n"
    )


def test_emphasis_of_a_thousand_levels_is_quoted_as_text():
    text = "**a " * 1000 + " b**" * 1000

    tokens = reader.parse(quote_markdown(text))

    assert [token.type for token in tokens if token.level == 0] == [
        "blockquote_open",
        "blockquote_close",
    ]
    assert text_of(next(token for token in tokens if token.type == "inline")) == normal(text)
