import re
import unicodedata
from collections.abc import Sequence

from tools.models import Tool

# Where an explanation follows the name: "Llama 4 Compact (12B)", "OpenAI Whisper Model: Robust Speech …".
EXPLANATION = re.compile(r"(?:: | \(| – | — )(?P<text>[^)]*)")


def short_names(tools: Sequence[Tool]) -> list[str]:
    """Return each tool's name up to where its explanation begins, for narrow columns.

    Where only the explanation is in Latin script, it is the short name: "Qwen" for "通义千问 (Qwen)".
    All are left whole when two would become the same.
    """
    names = [tool.name for tool in tools]
    short = [short_name(name) for name in names]
    return short if len(set(short)) == len(names) else names


def short_name(name: str) -> str:
    explanation = EXPLANATION.search(name)
    if not explanation:
        return name
    before, after = name[: explanation.start()], explanation["text"]
    if not before or (has_latin_letter(after) and not has_latin_letter(before)):
        return after or name
    return before


def has_latin_letter(text: str) -> bool:
    return any(unicodedata.name(char, "").startswith("LATIN") for char in text)
