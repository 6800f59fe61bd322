import re

# Where a name becomes its explanation: "Llama 4 Compact (12B)", "OpenAI Whisper Model: Robust Speech …".
EXPLANATION = re.compile(r"(: | \(| – | — ).*$")


def short_names(tools):
    """Names for narrow places, one for each of `tools`: up to where the explanation begins.

    All are left whole when two would become the same.
    """
    names = [tool.name for tool in tools]
    short = [EXPLANATION.sub("", name) or name for name in names]
    return short if len(set(short)) == len(names) else names
