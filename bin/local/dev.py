"""bin/dev: install what the site needs, and serve it (`serve.py`)."""

from bin.local import terminal
from bin.local.installation import continue_as, install
from bin.local.orphans import end_orphans
from bin.local.places import only_one
from bin.local.port import refuse_taken_port


def main() -> None:
    with only_one("dev"):
        end_orphans()
        refuse_taken_port()
        install("requirements-local.txt")
    continue_as("bin.local.serve")


if __name__ == "__main__":
    terminal.run("bin/dev", main)
