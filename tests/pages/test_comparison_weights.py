"""A reader's own weights: in the URL, beside the panel's result, and never kept."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.cache import caches
from hypothesis import given
from hypothesis import strategies as st

from pages.comparison.my_weights import fact_scores
from pages.comparison.weights import choose_weights, criteria_of
from reviews.models import Reviewer
from tests.factories import make_fact, make_fact_kind, make_reviewer, make_tool, publish_review
from tests.pages.comparison_samples import PAIR, make_first_pair
from tests.pages.reading import words
from tools.models import Fact, FactKind

WINDOW = FactKind(pk=1, slug="window", name="Window", better="higher")


def chosen(*values):
    """The weights of Builder, Skeptic and the context window after reading `values`."""
    panel = [Reviewer(pk=1, slug="builder", name="Builder"), Reviewer(pk=2, slug="skeptic")]
    return choose_weights(criteria_of(panel, [Fact(kind=WINDOW)]), values)


def weights(*values):
    return [str(criterion.weight) for criterion in chosen(*values).criteria]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], ["1", "1", "0"]),
        (["builder:2,skeptic:0"], ["2", "0", "0"]),
        (["builder:2", "skeptic:0"], ["2", "0", "0"]),  # as a form without JavaScript sends it
        (["builder:2.5,fact-window:10"], ["5/2", "1", "10"]),
        (["builder:2,builder:3"], ["3", "1", "0"]),
        (["", ",,"], ["1", "1", "0"]),
    ],
)
def test_weights_are_read(values, expected):
    assert weights(*values) == expected
    assert chosen(*values).ignored == ()


@pytest.mark.parametrize(
    "part",
    [
        "builder", "builder:", "builder:11", "builder:10.1", "builder:-1", "builder:1.25", "builder:1e1",
        "builder:nan", "builder:²", "builder:٣", "nobody:1", "fact-price:1", ":1", "builder:1:1", "builder: 1",
        "<script>:1", "builder:\x00",
    ],
)  # fmt: skip
def test_hostile_parts_are_left_out_and_named_and_the_valid_part_counts(part):
    assert weights(f"skeptic:3,{part}") == ["1", "3", "0"]
    assert chosen(f"skeptic:3,{part}").ignored == (part,)


def test_a_value_that_is_too_long_is_not_read():
    assert weights("builder:2," * 300) == ["1", "1", "0"]
    assert len(chosen("x" * 9000).ignored[0]) < 50


def test_no_more_than_five_parts_are_repeated():
    assert len(chosen("x:1," * 50).ignored) == 5


@given(st.lists(st.text(max_size=30), max_size=5))
def test_nothing_breaks_the_reading(values):
    once = chosen(*values)

    assert all(0 <= criterion.weight <= 10 for criterion in once.criteria)
    assert chosen(once.parameter).criteria == once.criteria


def test_the_normal_form_leaves_out_what_is_so_anyway():
    assert chosen("fact-window:1,skeptic:1,builder:0.5").parameter == "builder:0.5,fact-window:1"
    assert not chosen("skeptic:1").are_chosen


def facts(*numbers):
    return [
        Fact(tool_id=pk, kind=WINDOW, number=None if number is None else Decimal(number))
        for pk, number in enumerate(numbers, start=1)
    ]


def test_the_best_fact_is_100_and_others_are_in_proportion():
    lower = FactKind(better="lower")

    assert fact_scores(WINDOW, facts(200, 50)) == {1: 100, 2: 25}
    assert fact_scores(lower, facts(2, 8)) == {1: 100, 2: 25}
    assert fact_scores(WINDOW, facts(200, None, 0, -3)) == {1: Fraction(100)}


@pytest.mark.django_db
class TestPage:
    def test_scores_and_bottom_line_are_computed_anew_under_their_label(self, client):
        """88·2, 85, 79 of 4: 85; 82·2, 80, 72: 79."""
        make_first_pair()

        text = words(client.get(f"{PAIR}?w=builder:2,skeptic:0"))

        assert "With your weights Claude 4 API 85.0/100 Llama 4 Compact 79.0/100" in text
        assert "With your weights: Claude 4 API leads by 6 points." in text
        assert "This is not the panel’s result." in text

    def test_the_headline_stays_that_of_the_panel(self, client):
        make_first_pair()

        page = client.get(f"{PAIR}?w=builder:2,skeptic:0").text

        hero = page.partition("The bottom line")[2].partition("</header>")[0]
        assert "leads by 6.3 points" in hero
        assert "weights" not in hero.partition("of the reviewers.")[2]
        assert 'content="Claude 4 API leads by 6.3 points.' in page

    def test_without_weights_there_is_only_the_form(self, client):
        make_first_pair()

        response = client.get(PAIR)

        assert "With your weights" not in words(response)
        assert '<option value="builder:2">2</option>' in response.text
        assert "noindex" not in response.text

    def test_search_engines_see_one_page(self, client, settings):
        settings.SITE_URL = "https://ship.example"
        make_first_pair()

        page = client.get(f"{PAIR}?w=builder:2").text

        assert f'<link rel="canonical" href="https://ship.example{PAIR}">' in page
        assert '<meta name="robots" content="noindex, follow">' in page

    def test_a_form_without_javascript_leads_to_the_address_to_share(self, client):
        make_first_pair()

        response = client.get(f"{PAIR}?diff=1&w=builder:2&w=skeptic:1&w=futurist:0&w=founder:1")

        assert (response.status_code, response["Location"]) == (
            302,
            f"{PAIR}?diff=1&w=builder:2,futurist:0",
        )

    def test_weights_that_change_nothing_lead_to_the_plain_page(self, client):
        make_first_pair()

        assert client.get(f"{PAIR}?w=builder:1")["Location"] == PAIR

    def test_only_differences_keeps_the_weights(self, client):
        make_first_pair()

        page = client.get(f"{PAIR}?w=builder:2").text

        assert f'href="{PAIR}?diff=1&amp;w=builder:2#decision"' in page

    def test_what_is_not_understood_is_said_and_harms_nothing(self, client):
        make_first_pair()

        response = client.get(f"{PAIR}?w=builder:2,<script>alert(1)</script>:3,skeptic:99")

        assert response.status_code == 200
        assert "<script>alert" not in response.text
        text = words(response)
        assert "Left out, because it could not be read: “ <script>alert(1)</script>:3 ”" in text
        assert "With your weights" in text

    def test_weighted_pages_are_not_kept_and_push_no_other_out(self, client, settings):
        settings.PAGE_CACHE = True
        caches["pages"].clear()
        make_first_pair()
        kept = client.get(PAIR)

        for weight in range(2, 10):
            weighted = client.get(f"{PAIR}?w=builder:{weight}")
            assert (weighted["Cache-Control"], weighted.has_header("ETag")) == ("no-store", False)

        assert len(caches["pages"]._values) == 1
        assert client.get(PAIR).content == kept.content

    def test_a_fact_counts_in_the_scores_where_it_is_known_of_all(self, client):
        """Claude: (83.5·4 + 100·6)/10; Llama: (77.25·4 + 50·6)/10."""
        claude, llama = make_first_pair()
        kind = make_fact_kind("number", name="Window", slug="window", better="higher")
        make_fact(claude, kind, 200)
        fact = make_fact(llama, kind, 100)

        known = words(client.get(f"{PAIR}?w=fact-window:6"))
        fact.delete()
        make_fact(make_tool(), kind, 1)
        unknown = words(client.get(f"{PAIR}?w=fact-window:6"))

        assert "Claude 4 API 93.4/100 Llama 4 Compact 60.9/100" in known
        assert "Facts count in the scores only." in known
        assert "Claude 4 API 83.5/100 Llama 4 Compact 77.3/100" in unknown
        assert "Left out of these scores, because not known for all tools: Window ." in unknown

    def test_all_weights_0_leave_nothing_to_compare(self, client):
        make_first_pair()

        text = words(client.get(f"{PAIR}?w=builder:0,skeptic:0,futurist:0,founder:0"))

        assert "Nothing that you gave a weight to is known for all these tools." in text
        assert "With your weights:" not in text

    def test_a_tool_reviewed_only_by_others_is_not_called_unreviewed(self, client):
        make_first_pair()
        publish_review(make_tool(name="Ada", slug="ada"), make_reviewer("Critic"), 60)

        text = words(client.get("/compare/ada-vs-claude-4-api/?w=critic:0"))

        with_weights = text.partition("With your weights:")[2]
        assert "No reviewer with a weight has scored both yet." in with_weights
        assert "has no reviews yet" not in with_weights
        assert "panel score" not in with_weights

    def test_weights_cost_one_query_for_the_limit(self, client, django_assert_num_queries):
        make_first_pair()

        with django_assert_num_queries(6):
            client.get(f"{PAIR}?w=builder:2")

    def test_a_reviewer_whose_slug_begins_like_a_fact_is_a_reviewer(self, client):
        claude, llama = make_first_pair()
        checker = make_reviewer("Fact Checker", slug="fact-checker")
        publish_review(claude, checker, 0, "skip")
        publish_review(llama, checker, 100)

        assert "With your weights" in words(client.get(f"{PAIR}?w=fact-checker:10"))
