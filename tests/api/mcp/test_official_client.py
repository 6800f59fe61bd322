"""The official client of the protocol, against the site as it is shipped.

It checks each answer against the schema that the tool declares.
"""

import anyio
import pytest
from django.conf import settings
from django.core.management import call_command
from mcp import Client, MCPError

from tests.deploy.site import gunicorn, production

CALLS = {
    "search_tools": {"query": "coding agent", "limit": 3},
    "get_tool": {"slug": "aider"},
    "compare": {"slugs": ["cline", "aider"]},
    "changes_since": {"since": "2026-06-01", "tool": "aider"},
    "check_stack": {"manifest": "aider-chat==0.86\nopenai\n"},
}
BEGINNINGS = {
    "search_tools": "3 tools for “coding agent”:\n",
    "get_tool": "Aider: Ship · 3 ship / 1 skip (n = 4 reviews), score 72.8,",
    "compare": "The panel is split. Read Skeptic (+23 for Aider) and Founder (+15 for Cline).\n",
    "changes_since": "10 changes since 2026-06-01:\n2026-06-04 aider: Added to the catalogue\n",
    "check_stack": "2 packages were read (requirements.txt). Found: 1 tool of this site.\n",
}
TOO_MANY = r"^Too many requests\. Try again in 60 seconds\.$"
# By default ("auto") the client looks for the newest, and takes the older one from a server that is slow to answer.
VERSIONS = {"2026-07-28": "2026-07-28", "legacy": "2025-11-25"}


@pytest.fixture
def sample(transactional_db):
    call_command("import_catalog", settings.BASE_DIR / "sample/catalog.json", verbosity=0)


async def session(address, mode):
    """Return (version of the protocol, names of the tools, {tool: its answer in short}, an error)."""
    async with Client(address, mode=mode) as client:
        listed = await client.list_tools()
        texts = {}
        for name, arguments in CALLS.items():
            result = await client.call_tool(name, arguments)
            assert not result.is_error, result
            texts[name] = result.structured_content["text"]
        failed = await client.call_tool("get_tool", {"slug": "aidr"})
        return client.protocol_version, {tool.name for tool in listed.tools}, texts, failed


def test_the_official_client_uses_every_tool_in_both_generations_of_the_protocol(sample, tmp_path):
    with gunicorn(tmp_path, production(tmp_path, ALLOWED_HOSTS="127.0.0.1")) as port:
        for mode, version in VERSIONS.items():
            spoken, names, texts, failed = anyio.run(session, f"http://127.0.0.1:{port}/mcp/", mode)

            assert spoken == version
            assert names == CALLS.keys()
            for name, text in texts.items():
                assert text.startswith(BEGINNINGS[name])
            assert failed.is_error
            assert failed.content[0].text == (
                "No tool has the slug “aidr”. Similar names: Aider (slug: aider)."
            )


def test_the_official_client_hears_of_the_limit_in_words(sample, tmp_path):
    limits = {"API_LIMIT_NETWORK_AT_ONCE": "5", "API_LIMIT_NETWORK_PER_HOUR": "60"}
    with (
        gunicorn(tmp_path, production(tmp_path, ALLOWED_HOSTS="127.0.0.1", **limits)) as port,
        pytest.RaisesGroup(pytest.RaisesExc(MCPError, match=TOO_MANY), flatten_subgroups=True),
    ):
        anyio.run(session, f"http://127.0.0.1:{port}/mcp/", "legacy")
