"""The Markdown of pages: what it says, its headers, and that nothing of others breaks its structure."""

from datetime import timedelta

import pytest
from django.utils import timezone
from markdown_it import MarkdownIt

from reviews.models import Reviewer
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)
from tests.pages.page_writes import cast
from tools.actions import change_tool, unpublish_tool
from tools.models import Category, FactKind, Tool
from votes.rankings.figures import RANKINGS

pytestmark = pytest.mark.django_db
parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
TYPE = "text/markdown; charset=utf-8"
HOSTILE = "|`x` # <b>*a*</b> [l](https://evil.example) _u_ \\ &lt; ![i](x) ~~s~~"
HOSTILE_TEXT = f"# Big\n\n{HOSTILE}\n\n- list\n\n[Ada]: https://evil.example\n\n```\nopen"
PAGES = [
    "/tools/ada.md",
    "/tools/bea.md",
    "/compare/ada-vs-bea.md",
    "/compare/ada-vs-bea-vs-cid.md",
    "/rankings.md",
    "/rankings/panel.md",
    "/rankings/community/coding.md",
    "/rankings/gap.md",
    "/changes.md",
    "/changes.md?tool=ada",
]


@pytest.fixture
def catalogue():
    coding = make_category(slug="coding", name="Coding")
    panel = [make_reviewer(name) for name in ("Builder", "Skeptic", "Founder")]
    licence = make_fact_kind(name="Licence", slug="licence")
    window = make_fact_kind("number", name="Window", slug="window", unit="tokens")
    tools = [
        make_tool(name=name, slug=name.lower(), category=coding) for name in ("Ada", "Bea", "Cid")
    ]
    for place, tool in enumerate(tools[:2]):
        for step, reviewer in enumerate(panel):
            publish_review(tool, reviewer, 60 + 20 * place + step, "ship" if place else "skip")
        for _ in range(11):
            cast(tool.slug, "ship" if place else "skip")
    make_fact(tools[0], licence, "MIT")
    make_fact(tools[1], window, 200_000)
    publish_review(tools[0], panel[0], 70, "ship", reason="Exports work now.", body="It *works*.")
    RANKINGS.refresh()


def read(client, path):
    return client.get(path).content.decode()


def test_a_tool_says_everything_that_its_page_decides_with(client, catalogue):
    text = read(client, "/tools/ada.md")

    for part in [
        "# Ada: Skip, 64.3/100\n\nSource: <http://127.0.0.1:8000/tools/ada/>. Data of ",
        "- Verdict: Skip, 1 ship / 2 skip\n- Panel ship: 33% (1 of 3)\n- Panel score: 64.3/100",
        "- Spread: 9, ",
        "\n\n0% ship (95% interval 0–26%, n = 11). 0 ship / 11 skip\n\n",
        "| Licence | MIT | [Source](https://source.example/) | ",
        "| Window | Unknown | | |",
        "### Builder: 70/100, Ship\n\n",
        "Revision 2. Reviewed on ",
        "> It *works*.\n\nWhy it changed: Exports work now.",
        "#### Earlier review: 60/100, Skip",
        "Builder updated their review: 60/100 · Skip → 70/100 · Ship",
        "[Compare Ada and Bea](http://127.0.0.1:8000/compare/ada-vs-bea.md)",
        "[The same as JSON](http://127.0.0.1:8000/api/v1/tools/ada/)",
    ]:
        assert part in text, part


def test_a_review_without_a_version_is_one_paragraph(client, catalogue):
    for path in ["/tools/ada.md", "/compare/ada-vs-bea.md"]:
        assert "Basis: Hands-on.\nRevision 2." in read(client, path)


def test_a_comparison_says_how_it_was_decided(client, catalogue):
    text = read(client, "/compare/ada-vs-bea.md")

    for part in [
        "**Bea leads by 16.7 points.** 95% interval: ",
        "| Ada | 64.3/100 | Skip (1 ship / 2 skip) | −16.7 to Bea | 0% ship (95% interval 0–26%, n = 11).",
        "| Panel score | 64.3/100 | 81.0/100 (better) | differs |",
        "| Licence | MIT ([source.example](https://source.example/), checked ",
        "- Average lead: +16.7 for Bea",
        "- Scored both: 3 of 3",
        "### Builder\n\nHuman.\n+10 for Bea.",
        "#### Ada: 70/100, Ship",
        "[The same as JSON](http://127.0.0.1:8000/api/v1/comparisons/ada-vs-bea/)",
    ]:
        assert part in text, part


def test_only_differences_and_weights_are_as_on_the_page(client, catalogue):
    different = read(client, "/compare/ada-vs-bea.md?diff=1")
    weighted = read(client, "/compare/ada-vs-bea.md?w=builder:2")

    assert "Showing only differences" in different
    assert "| Category |" not in different
    assert "## Your weights" in weighted
    assert "This is not the panel’s result." in weighted


def test_a_ranking_has_shared_ranks_and_what_a_rank_means(client, catalogue):
    text = read(client, "/rankings/panel.md")

    assert (
        "| 1 | [Bea](http://127.0.0.1:8000/tools/bea.md) | 3 reviews | 81.0 (78.5–83.5) | " in text
    )
    assert "Calculated on " in text
    assert "## What a rank means" in text
    assert "(http://127.0.0.1:8000/rankings/panel/coding.md)" in text


def test_changes_have_days_links_and_pages(client, catalogue):
    for number in range(60):
        tool = Tool.objects.get(slug="cid")
        tool.pricing = f"$ {number}"
        change_tool(tool=tool, reason="It is on their page.")

    text = read(client, "/changes.md")

    assert (
        "- [Cid](http://127.0.0.1:8000/tools/cid.md): Price: $ 58 → $ 59 — It is on their page."
        in text
    )
    assert "[Older](http://127.0.0.1:8000/changes.md?before=" in text
    assert "All changes to Cid" in read(client, "/changes.md?tool=cid")


def test_headers_lead_to_the_page_and_keep_it_out_of_search_engines(client, catalogue):
    answer = client.get("/changes.md?tool=ada&utm_source=x")
    preferred = client.get("/changes/?tool=ada&utm_source=x", headers={"accept": "text/markdown"})

    assert answer["Content-Type"] == preferred["Content-Type"] == TYPE
    assert answer["Link"] == '<http://127.0.0.1:8000/changes/>; rel="canonical"'
    assert answer["X-Robots-Tag"] == "noindex"
    assert preferred["Content-Location"] == "/changes.md?tool=ada"
    assert "X-Robots-Tag" not in preferred
    assert answer.content == preferred.content
    assert "Source: <http://127.0.0.1:8000/changes/?tool=ada>." in answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_the_page_names_its_markdown_and_is_the_same_in_both_ways(client, catalogue, path):
    address, _, query = path.partition("?")
    page = f"{address.removesuffix('.md')}/{'?' if query else ''}{query}"

    html = client.get(f"{page}{'&' if query else '?'}utm_source=x").content.decode()
    markdown = client.get(page, headers={"accept": "text/markdown"})

    link = f'<link rel="alternate" type="text/markdown" href="http://127.0.0.1:8000{path}">'
    assert html.count(link) == html.count("text/markdown") == 1
    assert markdown.content.decode() == read(client, path)


def test_old_slugs_and_other_orders_redirect_to_markdown(client, catalogue):
    tool = Tool.objects.get(slug="ada")
    tool.slug = "ada-two"
    change_tool(tool=tool)
    Category.objects.filter(slug="coding").update(slug="coders")
    for path, moved in [
        ("/tools/ada.md", "/tools/ada-two.md"),
        ("/tools/BEA.md?a=b", "/tools/bea.md?a=b"),
        ("/compare/bea-vs-ada.md", "/compare/ada-two-vs-bea.md"),
        ("/rankings/panel/coding.md", "/rankings/panel/coders.md"),
    ]:
        answer = client.get(path)

        assert (answer.status_code, answer["Location"]) == (301, moved)
    preferred = client.get("/tools/ada/", headers={"accept": "text/markdown"})
    assert (preferred.status_code, preferred["Location"]) == (301, "/tools/ada-two/")


def test_what_is_missing_or_gone_is_so_in_markdown(client, catalogue):
    unpublish_tool(tool=Tool.objects.get(slug="cid"), reason="A duplicate.")
    for path, status, words in [
        ("/tools/adda.md", 404, "# No tool “adda”"),
        ("/tools/cid.md", 200, "Reason: A duplicate."),
        ("/compare/ada-vs-beaa.md", 404, "There is no tool called “beaa”. Did you mean:"),
        ("/compare/ada-vs-cid.md", 410, "**Cid was withdrawn on "),
        ("/compare/a-vs-b-vs-c-vs-d-vs-e.md", 404, "# You can compare at most 4 tools"),
        ("/rankings/panel/nothing.md", 404, "# Page not found"),
    ]:
        answer = client.get(path)

        assert (answer.status_code, answer["Content-Type"]) == (status, TYPE), path
        assert words in answer.content.decode(), path
    assert "[Ada](http://127.0.0.1:8000/tools/ada.md)" in read(client, "/tools/adda.md")
    assert "(http://127.0.0.1:8000/compare/ada-vs-bea.md)" in read(
        client, "/compare/ada-vs-beaa.md"
    )


def test_too_many_expensive_requests_are_refused_in_markdown(client, settings):
    settings.READ_LIMIT_NETWORK = (1, 1)
    answers = [client.get(f"/tools/nothing-{number}.md") for number in range(2)]

    assert [answer.status_code for answer in answers] == [404, 429]
    assert answers[1]["Content-Type"] == TYPE
    assert answers[1].content.decode().startswith("# Too many requests\n")


def structure(text):
    """The blocks of a document, without those within quotes."""
    types, depth = [], 0
    for token in parser.parse(text):
        depth -= token.type == "blockquote_close"
        if not depth:
            types.append((token.type, token.tag))
        depth += token.type == "blockquote_open"
    return types


def inline_types(text):
    return {child.type for token in parser.parse(text) for child in token.children or []}


def links(text):
    children = [child for token in parser.parse(text) for child in token.children or []]
    return [child.attrs["href"] for child in children if child.type == "link_open"]


@pytest.mark.parametrize("path", PAGES)
def test_hostile_values_change_no_structure(client, catalogue, path):
    fields = ["tagline", "pricing", "best_for", "skip_if"]

    def write(value, body):
        Tool.objects.update(description=body, **dict.fromkeys(fields, value))
        for tool in Tool.objects.all():
            Tool.objects.filter(pk=tool.pk).update(name=f"{tool.name[:3]} {value}"[:80])
            tool.refresh_from_db()
        for number, reviewer in enumerate(Reviewer.objects.all()):
            Reviewer.objects.filter(pk=reviewer.pk).update(name=f"{number} {value}"[:60])
        Category.objects.update(name=value[:60])
        FactKind.objects.filter(slug="licence").update(name=value[:60], group=value[:30])
        publish_review(
            Tool.objects.get(slug="ada"),
            Reviewer.objects.first(),
            70,
            "ship",
            reason=value,
            body=body,
        )

    write("Plain words", "Plain.")
    plain = structure(read(client, path))
    write(HOSTILE, HOSTILE_TEXT)
    hostile_text = read(client, path)
    hostile = structure(hostile_text)
    kinds = {kind for kind, _ in hostile}

    assert "html_block" not in kinds
    assert inline_types(hostile_text).isdisjoint({"html_inline", "image"})
    own = "\n".join(line for line in hostile_text.splitlines() if not line.startswith(">"))
    assert not any("evil" in link for link in links(own))
    headings = [tag for kind, tag in hostile if kind == "heading_open"]
    assert "h1" not in headings[1:]
    assert [item for item in hostile if item[0].startswith(("t", "heading"))][:40] == [
        item for item in plain if item[0].startswith(("t", "heading"))
    ][:40]


def test_llms_txt_names_categories_and_first_places_but_not_every_tool(client, catalogue):
    answer = client.get("/llms.txt")
    text = answer.content.decode()
    before = len(text)
    for number in range(20):
        make_tool(name=f"Tool {number}", published_at=timezone.now() - timedelta(days=1),
                  category=Category.objects.get(slug="coding"))  # fmt: skip

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    tokens = parser.parse(text)
    opened = [token.tag for token in tokens if token.level == 0 and token.nesting == 1]
    assert opened[:2] == ["h1", "blockquote"]
    for part in [
        "- [Coding](http://127.0.0.1:8000/rankings/panel/coding.md): ",
        "- [Bea](http://127.0.0.1:8000/tools/bea.md): rank 1, score 81.0",
        "- [Changes](http://127.0.0.1:8000/changes.md): ",
        "- [API](http://127.0.0.1:8000/api/v1/openapi.json): ",
        "Unknown is not “no”",
        "n is the number of votes",
    ]:
        assert part in text, part
    assert "/data/" not in text  # there is no dump
    assert len(read(client, "/llms.txt")) == before


def test_sample_content_is_said_to_be_so(client, catalogue):
    Tool.objects.filter(slug="ada").update(is_sample=True)

    for path in ["/llms.txt", "/tools/bea.md", "/rankings.md"]:
        assert (
            "**Sample content.** The reviewers, scores and reviews on this site are made up"
            in read(client, path)
        )
    Tool.objects.update(is_sample=False)
    assert "Sample content" not in read(client, "/tools/bea.md")


@pytest.mark.parametrize(
    ("licence", "line"), [("", ""), ("CC BY | all", "Licence of the data: CC BY \\| all.")]
)
def test_the_licence_of_the_data_is_stated_where_there_is_one(
    client, catalogue, settings, licence, line
):
    settings.DATA_LICENCE = licence

    for path in ["/llms.txt", "/tools/ada.md", "/changes.md"]:
        lines = read(client, path).splitlines()
        assert "".join(found for found in lines if found.startswith("Licence of")) == line
