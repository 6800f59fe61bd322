"""The version of a tool grows with everything that a page shows of it, however it is written."""

import pytest

from reviews.actions import reaffirm
from reviews.models import PanelVerdict, Reviewer
from tests.factories import make_fact, make_fact_kind, make_reviewer, make_tool, publish_review
from tools.models import CatalogVersion, Category, Fact, FactKind, Tool

pytestmark = pytest.mark.django_db


def version(tool):
    return Tool.objects.values_list("version", flat=True).get(pk=tool.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda tool: Tool.objects.filter(pk=tool.pk).update(tagline="New."),
        lambda tool: make_fact(tool, make_fact_kind(), "MIT"),
        lambda tool: Fact.objects.filter(tool=tool).update(text="BSD"),
        lambda tool: Fact.objects.filter(tool=tool).delete(),
        lambda tool: publish_review(tool, make_reviewer()),
        lambda tool: PanelVerdict.objects.filter(tool=tool).update(spread=1),
        lambda tool: tool.ledger.create(kind="pricing", new="$1"),
    ],
)
def test_a_tools_version_grows(change):
    tool, other = make_tool(), make_tool()
    make_fact(tool, make_fact_kind(), "Apache")
    before, before_other = version(tool), version(other)

    change(tool)

    assert version(tool) > before
    assert version(other) == before_other


@pytest.mark.parametrize(
    "change",
    [
        lambda review: Category.objects.update(name="Renamed"),
        lambda review: make_fact_kind(),
        lambda review: FactKind.objects.all().delete(),
        lambda review: Reviewer.objects.update(motto="New."),
        lambda review: reaffirm(review=review),
    ],
)
def test_the_catalogues_version_grows(change):
    review = publish_review(make_tool(), make_reviewer())
    make_fact_kind()
    before = CatalogVersion.objects.get().number

    change(review)

    assert CatalogVersion.objects.get().number > before
