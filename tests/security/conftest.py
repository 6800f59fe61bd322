import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("crawl of hostile requests")
    group.addoption("--crawl-seed", type=int, default=1, help="the choice of requests")
    group.addoption(
        "--crawl-minutes", type=float, default=0, help="go on with the next seeds for so long"
    )
    group.addoption("--crawl-report", help="a file that gets the counts and the findings")
