"""bin/test: every check and every test. The tools are installed here, `checks.py` runs them."""

from bin.local import terminal
from bin.local.installation import continue_as, install
from bin.local.places import only_one


def main():
    with only_one("test"):
        install("requirements-test.txt")
    continue_as("bin.local.checks")


if __name__ == "__main__":
    terminal.run("bin/test", main)
