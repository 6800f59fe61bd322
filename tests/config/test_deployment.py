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
# Its entry point is root for a moment, and prepares the folder of the database.
FOR_POSTGRES = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}


def variables_read():
    """The environment variables that the settings read."""
    settings = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"""env\.\w+\(\s*["']([A-Z_]+)["']""", settings))
    rooms = re.findall(r"""\broom\(["']([A-Z_]+)["']""", settings)
    return read | {f"{name}_{part}" for name in rooms for part in ("AT_ONCE", "PER_HOUR")}


def variables_of_gunicorn():
    configuration = (ROOT / "deploy" / "gunicorn.conf.py").read_text()
    return set(re.findall(r"""environ\.get\("([A-Z_]+)\"""", configuration))


@pytest.mark.parametrize("service", OURS)
def test_every_process_is_given_what_the_settings_require(service):
    environment = COMPOSE[service]["environment"]

    assert set(REQUIRED) <= set(environment)
    assert environment["DEBUG"] == "off"


@pytest.mark.parametrize("service", OURS)
def test_no_process_is_given_what_nothing_reads(service):
    of_libpq = {"PGPASSWORD"}

    assert (
        set(COMPOSE[service]["environment"])
        <= variables_read() | variables_of_gunicorn() | of_libpq
    )


@pytest.mark.parametrize("service", OURS)
def test_every_process_is_given_the_whole_env_file(service):
    assert COMPOSE[service]["env_file"] == ".env"


@pytest.mark.parametrize("service", COMPOSE)
def test_every_container_is_confined(service):
    container = COMPOSE[service]

    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["cap_drop"] == ["ALL"]
    assert set(container.get("cap_add", [])) <= FOR_POSTGRES
    assert container["read_only"] is True
    assert container["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert re.fullmatch(r"\d+[mg]", container["mem_limit"])
    assert container["pids_limit"] > 0
    assert "privileged" not in container


@pytest.mark.parametrize("service", sorted(set(COMPOSE) - {"migrate"}))
def test_every_lasting_container_has_a_health_check(service):
    assert COMPOSE[service]["healthcheck"]["test"][0] == "CMD"


def test_web_is_healthy_when_it_is_ready_and_the_worker_by_its_heartbeat():
    def words(service):
        return " ".join(COMPOSE[service]["healthcheck"]["test"])

    assert "http://127.0.0.1:8000/healthz/ready/" in words("web")
    assert words("worker") == "CMD python manage.py doctor --worker"


def test_nginx_overwrites_the_address_so_that_one_hop_is_trusted():
    proxy = (ROOT / "deploy" / "nginx" / "proxy.conf").read_text()

    assert "proxy_set_header X-Forwarded-For $remote_addr;" in proxy
    assert {COMPOSE[service]["environment"]["TRUSTED_PROXY_HOPS"] for service in OURS} == {"1"}


def test_gunicorn_listens_on_loopback_unless_told_otherwise():
    configuration = {}
    exec((ROOT / "deploy" / "gunicorn.conf.py").read_text(), configuration)

    assert configuration["bind"] == "127.0.0.1:8000"
    assert COMPOSE["web"]["environment"]["WEB_BIND"] == "0.0.0.0:8000"
    assert "ports" not in COMPOSE["web"]


def test_the_web_process_has_time_to_finish_before_it_is_killed():
    configuration = {}
    exec((ROOT / "deploy" / "gunicorn.conf.py").read_text(), configuration)

    assert int(COMPOSE["web"]["stop_grace_period"].rstrip("s")) > configuration["graceful_timeout"]


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


def test_nothing_is_published_but_on_loopback():
    published = {name: service["ports"] for name, service in COMPOSE.items() if "ports" in service}

    assert published == {"nginx": ["127.0.0.1:8080:8080"], "mailpit": ["127.0.0.1:8025:8025"]}


def test_the_database_is_kept_where_its_image_keeps_it():
    assert COMPOSE["db"]["image"] == "postgres:18"
    assert COMPOSE["db"]["volumes"] == ["db:/var/lib/postgresql"]


def test_backups_are_kept_and_made_by_programs_of_the_version_of_the_database():
    assert {COMPOSE[service]["environment"]["BACKUP_DIR"] for service in OURS} == {
        "${BACKUP_DIR-/backups}"
    }
    assert "backups:/backups" in COMPOSE["worker"]["volumes"]
    version = COMPOSE["db"]["image"].removeprefix("postgres:")
    assert f"postgresql-client-{version}" in DOCKERFILE


def test_the_dump_is_written_by_the_worker_and_read_by_web_and_nginx():
    nginx = (ROOT / "deploy" / "nginx-docker.conf").read_text()

    assert {COMPOSE[service]["environment"]["DATA_DIR"] for service in OURS} == {
        "${DATA_DIR-/data}"
    }
    assert "data:/data" in COMPOSE["worker"]["volumes"]
    for service in ["web", "nginx"]:
        assert COMPOSE[service]["volumes"] == ["data:/data:ro"]
    assert "default /data;" in nginx
    assert "--owner=site --mode=755 /data" in DOCKERFILE


def test_the_image_holds_no_dump_no_secret_and_no_history():
    left_out = set((ROOT / ".dockerignore").read_text().split())

    assert {".git", ".env", ".env.*", ".local", ".venv"} <= left_out
    assert {"**/*.dump", "**/*.dump.json", "**/*.sql", "**/*.sql.gz"} <= left_out
    assert "COPY . ." in DOCKERFILE


def test_postgres_is_asked_over_tcp_where_it_does_not_listen_while_it_is_initialised():
    test = COMPOSE["db"]["healthcheck"]["test"]

    assert test[:4] == ["CMD", "pg_isready", "-h", "127.0.0.1"]
    assert COMPOSE["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_what_must_be_written_at_the_end_has_time_for_it():
    for service in ["db", "worker"]:
        assert COMPOSE[service]["stop_grace_period"] == "60s"


def test_migrations_have_the_limits_of_the_command_alone():
    assert COMPOSE["migrate"]["environment"] == COMPOSE["worker"]["environment"]


def test_the_services_of_systemd_are_given_nothing_that_nothing_reads():
    example = (ROOT / "deploy" / "systemd" / "environment.example").read_text()

    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) <= variables_read()


def test_the_image_runs_gunicorn_as_nobody_special():
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["site", "nginx"]
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
