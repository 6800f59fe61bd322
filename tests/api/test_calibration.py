import pytest

from reviews.calibration.figures import CALIBRATION
from tests.factories import make_reviewer, make_tool, publish_review

pytestmark = pytest.mark.django_db


def test_calibration_is_what_the_job_stored(client):
    tool = make_tool()
    reviewers = [make_reviewer(name) for name in ["Ann", "Ben", "Cat"]]
    for reviewer, score in zip(reviewers, [90, 60, 60], strict=True):
        publish_review(tool, reviewer, score, "ship" if score > 60 else "skip")
    CALIBRATION.refresh()

    answer = client.get("/api/v1/calibration/").json()

    assert answer["leniency"][0] == {
        "reviewer": reviewers[0].slug,
        "tools": 1,
        "residual": 20,
        "points": 1.8,
    }
    assert [(pair["first"], pair["same_verdict"]) for pair in answer["agreement"]] == [
        (reviewers[0].slug, 0),
        (reviewers[0].slug, 0),
        (reviewers[1].slug, 1),
    ]
    assert answer["agreement"][2]["verdict_alpha"] is None
