"""The first pair of tools of the sample catalogue, with its reviews."""

from itertools import product

from reviews.models import Reviewer
from tests.factories import (
    make_category,
    make_fact,
    make_fact_kind,
    make_reviewer,
    make_tool,
    publish_review,
)

CLAUDE = "Claude 4 API: Tool Use Streaming & Prompt Caching"
CLAUDE_SLUG = "claude-4-api"
LLAMA = "Llama 4 Compact (12B)"
LLAMA_SLUG = "llama-4-compact-12b"
PAIR = "/compare/claude-4-api-vs-llama-4-compact-12b/"
SCORES = {"Builder": (88, 82), "Skeptic": (82, 75), "Futurist": (85, 80), "Founder": (79, 72)}


def make_first_pair(**review):
    """Claude (Paid) and Llama (Free) of the developer tools, with their eight reviews."""
    category = make_category(name="Developer Tools", slug="developer-tools")
    claude = make_tool(name=CLAUDE, slug=CLAUDE_SLUG, category=category, entry="paid")
    llama = make_tool(name=LLAMA, slug=LLAMA_SLUG, category=category, entry="free")
    for name, (of_claude, of_llama) in SCORES.items():
        reviewer = make_reviewer(name)
        publish_review(claude, reviewer, of_claude, **review)
        publish_review(llama, reviewer, of_llama, **review)
    return claude, llama


def make_four(**review):
    """The first pair and two more tools scored by the same panel, with two facts each."""
    claude, llama = make_first_pair(**review)
    ada, zoe = make_tool(name="Ada", slug="ada"), make_tool(name="Zoe", slug="zoe")
    for reviewer in Reviewer.objects.all():
        publish_review(ada, reviewer, 60, "skip", **review)
        publish_review(zoe, reviewer, 50, "skip", **review)
    kinds = [make_fact_kind(), make_fact_kind()]
    for tool, kind in product([ada, claude, llama, zoe], kinds):
        make_fact(tool, kind, "Known")
    return ada, claude, llama, zoe
