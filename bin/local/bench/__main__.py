"""bin/bench: install what the site needs, and measure it (`run.py`)."""

from bin.local import terminal
from bin.local.installation import continue_as, install


def main() -> None:
    install("requirements-local.txt")
    continue_as("bin.local.bench.run")


if __name__ == "__main__":
    terminal.run("bin/bench", main)
