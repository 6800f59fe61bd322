import re
from collections.abc import Sequence

from tools.models import Tool

# Where an explanation follows the name: "Llama 4 Compact (12B)", "OpenAI Whisper Model: Robust Speech …".
EXPLANATION = re.compile(r"(: | \(| – | — ).*$")


def short_names(tools: Sequence[Tool]) -> list[str]:
    """Return each tool's name up to where its explanation begins, for narrow columns.

    All are left whole when two would become the same.
    """
    names = [tool.name for tool in tools]
    short = [EXPLANATION.sub("", name) or name for name in names]
    return short if len(set(short)) == len(names) else names
