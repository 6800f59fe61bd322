"""What bin/test makes of the report of pip-audit."""

import json

import pytest

from bin.local.audit import SKIPPED, read_report

CLEAN = {"name": "django", "version": "6.1.3", "vulns": []}
UNKNOWN = {"name": "segno", "skip_reason": "Dependency not found and could not be audited"}
BAD = {"name": "pillow", "version": "13.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["13.1"]}]}


@pytest.mark.parametrize(
    "packages, code, message",
    [
        ([CLEAN], 0, "No known vulnerabilities. Packages: 1."),
        ([CLEAN, BAD], 1, "Known vulnerabilities:\npillow 13.0: PYSEC-1, fixed in 13.1"),
        ([UNKNOWN, BAD], 1, "Known vulnerabilities:\npillow 13.0: PYSEC-1, fixed in 13.1"),
        ([CLEAN, UNKNOWN], SKIPPED, "NOT AUDITED: 1 of 2 packages, such as segno."),
    ],
)
def test_a_report_is_read(packages, code, message):
    assert read_report(json.dumps({"dependencies": packages})) == (code, message)


@pytest.mark.parametrize("report", ["", "no network", "[]", "{}"])
def test_without_a_report_the_audit_is_skipped_and_says_so(report):
    code, message = read_report(report)

    assert (code, message.startswith("NOT AUDITED")) == (SKIPPED, True)
