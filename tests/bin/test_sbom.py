"""bin/sbom: a valid CycloneDX document of exactly what production installs."""

import json
import re
import subprocess
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[2]


def bill():
    done = subprocess.run([ROOT / "bin" / "sbom"], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_bill_of_materials_is_valid_cyclonedx():
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill()) is None


def test_the_bill_of_materials_has_every_package_with_its_version_and_no_other():
    pinned = re.findall(
        r"^([\w.-]+)(?:\[.*?\])?==([\w.]+)", (ROOT / "requirements.txt").read_text(), re.M
    )

    components = json.loads(bill())["components"]

    assert sorted((part["name"], part["version"]) for part in components) == sorted(pinned)
    assert all(part["purl"].startswith("pkg:pypi/") for part in components)


def test_the_same_requirements_give_the_same_bytes():
    assert bill() == bill()
