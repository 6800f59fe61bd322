"""The label of every pair of tools of one category in the sample catalogue."""

from comparisons.bottom_line import Compared, bottom_line
from comparisons.bottom_line_rules import Thresholds
from tests.pages.sample_pairs import sample_pairs

LABELS = {
    ("aider", "amp"): "thin",
    ("aider", "cline"): "split",
    ("aider", "cody-free-pro"): "leads: aider",
    ("aider", "devin-desktop"): "thin",
    ("aider", "windsurf"): "leans: aider",
    ("allam", "gigachat"): "thin",
    ("allam", "qwen"): "thin",
    ("amp", "cline"): "thin",
    ("amp", "cody-free-pro"): "thin",
    ("amp", "devin-desktop"): "thin",
    ("amp", "windsurf"): "thin",
    ("arize-phoenix", "deepeval"): "thin",
    ("arize-phoenix", "langfuse"): "no_difference",
    ("chroma", "pgvector"): "leans: pgvector",
    ("chroma", "qdrant"): "leans: qdrant",
    (
        "claude-4-api-tool-use-streaming-prompt-caching",
        "instructor",
    ): "leans: claude-4-api-tool-use-streaming-prompt-caching",
    (
        "claude-4-api-tool-use-streaming-prompt-caching",
        "litellm",
    ): "leans: claude-4-api-tool-use-streaming-prompt-caching",
    (
        "claude-4-api-tool-use-streaming-prompt-caching",
        "llama-4-compact-12b",
    ): "leads: claude-4-api-tool-use-streaming-prompt-caching",
    ("cline", "cody-free-pro"): "leads: cline",
    ("cline", "devin-desktop"): "thin",
    ("cline", "windsurf"): "leans: cline",
    ("cody-free-pro", "devin-desktop"): "thin",
    ("cody-free-pro", "windsurf"): "leads: windsurf",
    ("comfyui", "fooocus"): "leads: comfyui",
    ("crewai", "langgraph"): "leads: langgraph",
    ("crewai", "smolagents"): "thin",
    ("deepeval", "langfuse"): "leads: langfuse",
    ("devin-desktop", "windsurf"): "thin",
    (
        "elevenlabs",
        "openai-whisper-model-robust-speech-recognition-via-large-scale-weak-supervision",
    ): "no_difference",
    ("elevenlabs", "piper"): "undecided",
    ("gigachat", "qwen"): "thin",
    ("instructor", "litellm"): "split",
    ("instructor", "llama-4-compact-12b"): "undecided",
    ("langgraph", "smolagents"): "thin",
    ("litellm", "llama-4-compact-12b"): "undecided",
    ("llama-cpp", "ollama"): "undecided",
    ("llama-cpp", "vllm"): "undecided",
    ("ollama", "vllm"): "no_difference",
    (
        "openai-whisper-model-robust-speech-recognition-via-large-scale-weak-supervision",
        "piper",
    ): "undecided",
    ("pgvector", "qdrant"): "undecided",
}


def label(slugs, cards):
    line = bottom_line(Compared(slugs, cards), Thresholds.from_settings())
    return str(line.outcome) if line.pick is None else f"{line.outcome}: {slugs[line.pick]}"


def test_every_sample_pair_has_its_label():
    assert {slugs: label(slugs, cards) for slugs, cards in sample_pairs()} == LABELS


def test_nothing_in_the_sample_is_refused():
    """Even without a reviewer in common the reader learns what is known."""
    for slugs, cards in sample_pairs():
        figures = bottom_line(Compared(slugs, cards), Thresholds.from_settings()).figures
        assert any(slug in figures for slug in slugs) or "score them less than" in figures
