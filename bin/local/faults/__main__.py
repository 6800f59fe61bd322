"""bin/faults: install what the site needs, and break it (`run.py`)."""

from bin.local import terminal
from bin.local.installation import continue_as, install


def main() -> None:
    install("requirements-local.txt")
    continue_as("bin.local.faults.run")


if __name__ == "__main__":
    terminal.run("bin/faults", main)
