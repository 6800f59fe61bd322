"""bin/dev: the whole site on this machine, from nothing. What it needs is installed here, `site.py` serves."""

from bin.local import terminal
from bin.local.installation import continue_inside, install
from bin.local.places import only_one
from bin.local.port import refuse_taken_port


def main():
    with only_one("dev"):
        refuse_taken_port()
        install("requirements-local.txt")
    continue_inside("bin.local.serve")


if __name__ == "__main__":
    terminal.run("bin/dev", main)
