"""Reads the figures from the MCP endpoint. Reviews and rankings are in none of its tools, so those of the API stand in."""

from tests.api.mcp.calls import call
from tests.forms.api_form import ApiForm


class McpForm(ApiForm):
    def tool(self, slug):
        answer = call(self.client, "get_tool", slug=slug)
        return self.tool_of(answer["tool"], self._get(f"tools/{slug}/reviews/"))

    def comparison(self, *slugs):
        return self.comparison_of(call(self.client, "compare", slugs=slugs)["comparison"])
