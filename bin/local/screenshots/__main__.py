"""bin/screenshots: install what it needs, and make the pictures (`run.py`)."""

from bin.local import terminal
from bin.local.installation import continue_as, install


def main() -> None:
    install("requirements-test.txt")
    continue_as("bin.local.screenshots.run")


if __name__ == "__main__":
    terminal.run("bin/screenshots", main)
