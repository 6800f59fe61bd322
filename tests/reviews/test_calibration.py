from decimal import Decimal

import pytest

from reviews.calibration.figures import CALIBRATION
from reviews.calibration.models import Agreement, Leniency
from tests.factories import make_reviewer, make_tool, publish_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel():
    return [make_reviewer(name) for name in ("Builder", "Skeptic", "Founder")]


def score(tool, panel, *scores, **fields):
    """Publish a review per score; None is none. From 50 it is a ship."""
    for reviewer, points in zip(panel, scores, strict=True):
        if points is not None:
            verdict = "ship" if points >= 50 else "skip"
            publish_review(tool, reviewer, points, verdict, **fields)
    return tool


def leniencies():
    return {row.reviewer.slug: row for row in Leniency.objects.select_related("reviewer")}


def test_leniency_is_the_mean_residual_shrunk_by_the_prior_tools(panel):
    # Means 80 and 60: residuals +10 and +6 for Builder, −10 and 0 for Skeptic, 0 and −6 for Founder.
    score(make_tool(), panel, 90, 70, 80)
    score(make_tool(), panel, 66, 60, 54)

    CALIBRATION.refresh()

    found = {slug: (row.tools, row.residual, row.points) for slug, row in leniencies().items()}
    assert found == {
        "builder": (2, Decimal("8.0"), Decimal("1.3")),  # 16 / (2 + 10)
        "skeptic": (2, Decimal("-5.0"), Decimal("-0.8")),  # −10 / 12
        "founder": (2, Decimal("-3.0"), Decimal("-0.5")),  # −6 / 12
    }


def test_the_prior_is_a_setting(panel, settings):
    settings.LENIENCY_PRIOR_TOOLS = 0
    score(make_tool(), panel, 90, 70, 80)

    CALIBRATION.refresh()

    assert leniencies()["builder"].points == Decimal("10.0")


def test_leniency_leaves_out_tools_with_fewer_than_three_reviews(panel):
    score(make_tool(), panel, 90, 10, None)

    CALIBRATION.refresh()

    assert leniencies() == {}


def test_drafts_and_replaced_reviews_do_not_count(panel):
    tool = score(make_tool(), panel, 90, 70, 80)
    score(make_tool(published=False), panel, 0, 100, 50)
    publish_review(tool, panel[0], 60, reason="Version 2 is slower.")

    CALIBRATION.refresh()

    assert leniencies()["builder"].residual == Decimal("-10.0")


def test_agreement_counts_shared_tools_and_alpha(panel):
    # Two of four verdicts differ, 4 ships and 4 skips: 1 − 7 · 2 / (4 · 4) = 0.125.
    # Squared distances 0, 100, 1600 and 1600; the scores have Σ = 390 and Σ² = 24900:
    # 1 − 7 · 3300 / (8 · 24900 − 390²) = 1 − 23100 / 47100 = 0.5096.
    for one, other in [(80, 80), (20, 10), (70, 30), (30, 70)]:
        score(make_tool(), panel, one, other, None)
    score(make_tool(), panel, 80, None, None)

    CALIBRATION.refresh()

    agreement = Agreement.objects.get()
    assert (agreement.first, agreement.second) == (panel[0], panel[1])
    assert (agreement.tools, agreement.same_verdict) == (4, 2)
    assert agreement.verdict_alpha == Decimal("0.13")
    assert agreement.score_alpha == Decimal("0.51")
    assert agreement.verdict_alpha_text == "–"  # five shared tools are needed


def test_alpha_is_unknown_where_every_verdict_is_the_same(panel):
    score(make_tool(), panel, 80, 90, None)

    CALIBRATION.refresh()

    agreement = Agreement.objects.get()
    assert (agreement.verdict_alpha, agreement.score_alpha) == (None, Decimal("0.00"))
