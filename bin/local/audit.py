"""Looks for known vulnerabilities of the packages that a release contains, where their list can be reached."""

import json
import subprocess
import sys
from pathlib import Path

from bin.local.installation import PYTHON
from bin.local.places import ROOT
from bin.local.terminal import say

SKIPPED = 77  # as Automake's tests say it
COMMAND: list[str | Path] = [
    PYTHON, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner=off", "--format=json",
    "--timeout=15", "--requirement", ROOT / "requirements.txt",
]  # fmt: skip


def main() -> int:
    done = subprocess.run(COMMAND, capture_output=True, text=True)
    code, message = read_report(done.stdout)
    say(message)
    return code


def read_report(report: str) -> tuple[int, str]:
    """Return the exit code and a message for the JSON of pip-audit, which is empty when it reached nothing.

    pip-audit itself reports success when the list does not have a package.
    """
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return SKIPPED, "NOT AUDITED: the list of vulnerabilities could not be reached."
    found = [
        f"{package['name']} {package['version']}: {problem['id']}, fixed in {', '.join(problem['fix_versions'])}"
        for package in packages
        for problem in package.get("vulns", [])
    ]
    if found:
        return 1, "\n".join(["Known vulnerabilities:", *found])
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if unknown:
        return (
            SKIPPED,
            f"NOT AUDITED: {len(unknown)} of {len(packages)} packages, such as {unknown[0]}.",
        )
    return 0, f"No known vulnerabilities. Packages: {len(packages)}."


if __name__ == "__main__":
    sys.exit(main())
