"""How many statements an answer costs: the validator, two for the rate limit, and what it reads. A kept one costs one."""

import pytest

from tests.pages.page_writes import make_catalogue

LIMITED = 3
READS = {
    "categories/": 1,
    "fact-kinds/": 1,
    "tools/": 2,
    "tools/?category=coding": 3,
    "tools/alpha/": 2,
    "tools/alpha/scorecard/": 2,
    "tools/alpha/reviews/": 4,
    "tools/alpha/votes/": 6,
    "reviews/": 3,
    "reviewers/": 1,
    "reviewers/builder/": 1,
    "comparisons/alpha-vs-beta/": 4,
    "rankings/panel/": 2,
    "rankings/panel/?category=coding": 3,
    "ledger/": 3,
    "ledger/?tool=alpha": 4,
    "rules/": 0,
}


@pytest.mark.django_db
def test_an_answer_costs_its_reads_and_a_kept_one_its_validator(
    client, settings, django_assert_num_queries
):
    settings.PAGE_CACHE = True
    make_catalogue()
    client.get("/api/v1/tools/none/")  # the first one of a day makes the key of the networks

    for path, reads in READS.items():
        with django_assert_num_queries(LIMITED + reads):
            client.get(f"/api/v1/{path}")
        with django_assert_num_queries(1):
            client.get(f"/api/v1/{path}")
