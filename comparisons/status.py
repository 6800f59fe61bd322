"""What a reader has to know of a tool's status before any score."""

from collections.abc import Iterator, Sequence

from tools.models import Tool

# By status, and whether a successor can be named.
SENTENCES = {
    (Tool.Status.DISCONTINUED, True): "{name} is discontinued; its successor is {successor}.",
    (Tool.Status.DISCONTINUED, False): "{name} is discontinued.",
    (Tool.Status.PAUSED, True): "{name} is paused; its successor is {successor}.",
    (Tool.Status.PAUSED, False): "{name} is paused.",
}
# Of any other status, where the successor is one of the tools compared.
SUCCEEDED = {
    Tool.Status.RENAMED: "{name} is now called {successor}.",
    Tool.Status.ACQUIRED: "{name} was acquired; its successor is {successor}.",
    Tool.Status.ACTIVE: "{name} names {successor} as its successor.",
}


def status_sentences(tools: Sequence[Tool], names: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each tool (with successor) that is discontinued, paused or succeeded by another."""
    short_names = {tool.pk: name for tool, name in zip(tools, names, strict=True)}
    for tool in tools:
        status = Tool.Status(tool.status)
        successor = tool.successor if tool.successor and tool.successor.is_published else None
        sentence = SENTENCES.get((status, successor is not None))
        if sentence is None and successor is not None and successor.pk in short_names:
            sentence = SUCCEEDED[status]
        if sentence:
            of_successor = short_names.get(successor.pk, successor.name) if successor else ""
            yield sentence.format(name=short_names[tool.pk], successor=of_successor)
