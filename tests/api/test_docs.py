"""Every endpoint and every MCP tool has an example in docs/api.md, which holds of the sample catalogue."""

import json
import re

import pytest
from django.conf import settings
from django.core.management import call_command

from api.document import document
from tests.api.mcp.calls import call, request, send
from votes.rankings.figures import RANKINGS

TEXT = (settings.BASE_DIR / "docs/api.md").read_text()
EXAMPLES = dict(re.findall(r"`GET (\S+)`\n\n```json\n(.*?)```", TEXT, re.DOTALL))
# (tool, arguments, answer)
SESSION = re.findall(
    r"^`(\w+)`\n\n```json\n(.*?)```\n\nanswers\n\n```json\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE
)


@pytest.fixture
def sample(db):
    call_command("import_catalog", settings.BASE_DIR / "sample/catalog.json", verbosity=0)
    RANKINGS.refresh()


def differences(example, answer, place=""):
    """Yield where an answer has not what the example shows; it may have more fields and items."""
    if isinstance(example, dict):
        for name, value in example.items():
            yield from differences(value, answer.get(name, "(missing)"), f"{place}.{name}")
    elif isinstance(example, list):
        for number, value in enumerate(example):
            yield from differences(value, answer[number], f"{place}[{number}]")
    elif example != answer:
        yield f"{place}: {example!r} is {answer!r}"


def test_every_example_is_what_the_api_answers(client, sample):
    wrong = [
        f"{address}{difference}"
        for address, example in EXAMPLES.items()
        for difference in differences(json.loads(example), client.get(address).json())
    ]

    assert wrong == []


def test_every_endpoint_has_an_example():
    shown = {address.partition("?")[0] for address in EXAMPLES}

    patterns = {path: re.sub(r"{\w+}", "[^/]+", path) for path in document()["paths"]}
    missing = [
        path
        for path, pattern in patterns.items()
        if not any(re.fullmatch(pattern, address) for address in shown)
    ]
    assert missing == []


def test_every_example_of_a_session_is_what_the_mcp_tool_answers(client, sample):
    wrong = [
        f"{tool}{difference}"
        for tool, arguments, answer in SESSION
        for difference in differences(
            json.loads(answer), call(client, tool, **json.loads(arguments))
        )
    ]

    assert wrong == []


@pytest.mark.django_db
def test_every_mcp_tool_has_an_example(client):
    tools = send(client, request("tools/list")).json()["result"]["tools"]

    assert {tool for tool, _, _ in SESSION} == {tool["name"] for tool in tools}
