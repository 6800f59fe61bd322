import tomllib

from django.conf import settings

PROJECT = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
CONTRACTS = PROJECT["tool"]["importlinter"]


def test_every_package_of_the_project_has_its_layer():
    packages = {init.parent.name for init in settings.BASE_DIR.glob("[!.]*/__init__.py")}

    layers = [name for layer in CONTRACTS["contracts"][0]["layers"] for name in layer.split(" | ")]
    assert sorted(layers) == sorted(CONTRACTS["root_packages"]) == sorted(packages - {"tests"})
