"""Dockerfile, compose file and docs against the settings: no engine is needed to see that they agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from config.environment import REQUIRED

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ["migrate", "web", "worker"]


def variables_read():
    """The environment variables that the settings read."""
    settings = (ROOT / "config" / "settings.py").read_text()
    return set(re.findall(r"""env\.\w+\(\s*["']([A-Z_]+)["']""", settings))


@pytest.mark.parametrize("service", OURS)
def test_every_process_is_given_what_the_settings_require(service):
    environment = COMPOSE[service]["environment"]

    assert set(REQUIRED) <= set(environment)
    assert environment["DEBUG"] == "off"


@pytest.mark.parametrize("service", OURS)
def test_no_process_is_given_what_nothing_reads(service):
    assert set(COMPOSE[service]["environment"]) <= variables_read()


def test_the_example_environment_holds_what_the_compose_file_wants():
    wanted = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    given = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert given == wanted


def test_the_example_environment_holds_no_secret():
    example = (ROOT / ".env.example").read_text()

    assert re.search(r"^SECRET_KEY=$", example, re.MULTILINE)
    assert re.search(r"^POSTGRES_PASSWORD=$", example, re.MULTILINE)


def test_migrations_are_a_step_of_their_own_before_web_and_worker():
    assert COMPOSE["migrate"]["command"] == ["python", "manage.py", "migrate", "--noinput"]
    for service in ["web", "worker"]:
        assert COMPOSE[service]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"}
        }


@pytest.mark.parametrize("service", ["db", "web", "worker", "nginx", "mailpit"])
def test_every_lasting_service_is_restarted(service):
    assert COMPOSE[service]["restart"] == "unless-stopped"


def test_only_the_proxy_is_reached_from_outside():
    open_to_all = {
        name: service["ports"]
        for name, service in COMPOSE.items()
        if any(not port.startswith("127.0.0.1:") for port in service.get("ports", []))
    }

    assert open_to_all == {"nginx": ["8080:8080"]}


def test_the_database_is_kept_where_its_image_keeps_it():
    assert COMPOSE["db"]["image"] == "postgres:18"
    assert COMPOSE["db"]["volumes"] == ["db:/var/lib/postgresql"]


def test_the_proxy_buffers_caps_bodies_and_tells_who_asks():
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()

    for line in [
        "client_max_body_size 5m;",
        "proxy_request_buffering on;",
        "proxy_set_header Host $host;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_set_header X-Forwarded-Proto $client_scheme;",
    ]:
        assert line in nginx


def test_the_image_runs_gunicorn_as_nobody_special():
    last_user = re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE)[-1]

    assert last_user == "site"
    assert 'CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]' in DOCKERFILE
    assert "--require-hashes" in DOCKERFILE
    assert "DEBUG=on" not in DOCKERFILE


def test_the_settings_are_documented_all_and_only():
    documented = set(
        re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE)
    )

    assert documented == variables_read()


@pytest.mark.parametrize("name", ["", "-local", "-test"])
def test_requirements_are_pinned_by_hash_and_name_no_index(name):
    text = (ROOT / f"requirements{name}.txt").read_text()
    pins = re.findall(r"^[\w.\-\[\],]+==", text, re.MULTILINE)

    assert len(pins) > 20
    assert text.count("--hash=sha256:") >= len(pins)
    for word in ["index-url", "find-links", "://", "file:"]:
        assert word not in text


def test_requirements_hold_every_dependency_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]

    assert unpinned(project["dependencies"], "requirements.txt") == []
    assert unpinned(extras["local"], "requirements-local.txt") == []
    assert unpinned(extras["test"][1:], "requirements-test.txt") == []


def unpinned(dependencies, file):
    """The dependencies that the file does not pin."""
    pins = set(re.findall(r"^([\w.\-]+)==", (ROOT / file).read_text(), re.MULTILINE))
    names = [re.match(r"[\w.\-]+", dependency)[0].lower() for dependency in dependencies]
    return [name for name in names if name not in pins]
