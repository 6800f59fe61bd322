"""bin/test: install the tools, and run every check and every test (`checks.py`)."""

from bin.local import terminal
from bin.local.installation import continue_as, install
from bin.local.places import only_one


def main() -> None:
    with only_one("test"):
        install("requirements-test.txt")
    continue_as("bin.local.checks")


if __name__ == "__main__":
    terminal.run("bin/test", main)
