"""Texts of about the length and vocabulary of real entries, so that search and pages have real work to do."""

from random import Random

SENTENCE = "{subject} {verb} {thing} {circumstance}."
SUBJECTS = """
    The assistant|The editor|The command line|The web app|The hosted version|The free plan|A small team|The agent
    Support|The documentation|The quickstart|The plugin|The server|The scheduler|The index|Each workspace|Every run
    The evaluation suite|The audit log|The model picker|The latest release|A background job|The retriever|The parser
""".strip().replace("\n", "|")
VERBS = """
    summarises|indexes|rewrites|explains|reviews|deploys|traces|exports|transcribes|translates|classifies|caches
    compares|monitors|generates|tests|routes|ranks|redacts|embeds|replays|imports|searches|refactors
""".strip().replace("\n", "|")
THINGS = """
    whole repositories|pull requests|meeting notes|support tickets|long contracts|vector embeddings|product images
    customer interviews|SQL queries|unit tests|spreadsheets|voice recordings|design files|log files|prompts
    knowledge bases|invoices|release notes|training data|video clips|API schemas|error reports|research papers
    screenshots
""".strip().replace("\n", "|")
CIRCUMSTANCES = """
    without leaving the terminal|in a private cloud|within a few seconds|on a laptop without a GPU|for each commit
    with one line of configuration|when the quota allows it|after a short onboarding|and keeps the sources visible
    and says when it is unsure|but loses track of large projects|but costs more than it first seems
    with predictable latency|across several languages|under a permissive licence|and fails loudly when it fails
    with access rules per team|at the price of a subscription|and stops where the context ends|on every platform
""".strip().replace("\n", "|")
FIRST = [
    "Lu",
    "Vo",
    "Aster",
    "Nim",
    "Kestrel",
    "Quill",
    "Fjord",
    "Ember",
    "Pico",
    "Zephyr",
    "Orbit",
    "Cobalt",
    "Mira",
    "Tundra",
    "Solstice",
    "Harbor",
]
SECOND = [
    "line",
    "base",
    "mark",
    "forge",
    "flow",
    "deck",
    "grid",
    "loop",
    "cast",
    "trace",
    "beam",
    "stack",
    "nest",
    "port",
]
PRODUCTS = [
    "Assistant",
    "Studio",
    "Search",
    "Agents",
    "Voice",
    "Notes",
    "Review",
    "Pilot",
    "Vector",
    "Vision",
    "Translate",
    "Writer",
    "Gateway",
    "Evaluations",
    "Analytics",
    "Workbench",
    "Transcripts",
    "Embeddings",
    "Prompts",
    "Guard",
]
NAMES = len(FIRST) * len(SECOND) * len(PRODUCTS)


class Words:
    """Sentences and names, the same for the same seed."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._sentences = [self._sentence() for _ in range(5000)]

    def sentences(self, count: int) -> str:
        return " ".join(self._random.choices(self._sentences, k=count))

    def paragraphs(self, count: int) -> str:
        return "\n\n".join(self.sentences(self._random.randint(2, 5)) for _ in range(count))

    def clause(self, start: str) -> str:
        """Return `start` with what it is about: "Teams that need long contracts in a private cloud."."""
        return f"{start} {self._pick(THINGS)} {self._pick(CIRCUMSTANCES)}."

    def _sentence(self) -> str:
        return SENTENCE.format(
            subject=self._pick(SUBJECTS),
            verb=self._pick(VERBS),
            thing=self._pick(THINGS),
            circumstance=self._pick(CIRCUMSTANCES),
        )

    def _pick(self, choices: str) -> str:
        return self._random.choice(choices.split("|")).strip()


def name_of(number: int) -> str:
    """Return the name of tool `number`, different for each."""
    edition, number = divmod(number, NAMES)
    # The step has no factor in common with NAMES: neighbours get different names, and no name comes twice.
    number = number * 1009 % NAMES
    number, product = divmod(number, len(PRODUCTS))
    second, first = divmod(number, len(FIRST))
    name = f"{FIRST[first]}{SECOND[second]} {PRODUCTS[product]}"
    return f"{name} {edition + 1}" if edition else name
