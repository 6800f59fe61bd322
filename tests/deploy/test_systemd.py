"""The systemd units, checked by systemd itself and against what else says the same."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from config.environment import REQUIRED

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "systemd"
SERVICES = ["ship-or-skip-web@.service", "ship-or-skip-worker.service"]
SHARED_SOCKET, OWN_SOCKET = "ship-or-skip-web.socket", "ship-or-skip-web@.socket"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
MOST_EXPOSED = 15  # of 100, as systemd-analyze counts
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes", "on"}


def options(service):
    """The options of a unit; of one that is set several times, all values."""
    found = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", (UNITS / service).read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def seconds(service, name):
    (value,) = options(service)[name]
    return int(value)


@pytest.fixture
def units(tmp_path):
    """The units as they would be where this clone is installed: verify looks for the programs."""
    if not shutil.which("systemd-analyze"):
        assert not IN_CI, "systemd-analyze is missing: install systemd"
        pytest.skip("systemd-analyze is not installed: the systemd units are not verified")
    for unit in UNITS.glob("ship-or-skip*"):
        text = unit.read_text().replace(
            "/srv/ship-or-skip/current/.venv/bin/", f"{Path(sys.executable).parent}/"
        )
        (tmp_path / unit.name).write_text(text.replace("/srv/ship-or-skip/current", str(ROOT)))
    return tmp_path


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_systemd_accepts_the_units_without_a_warning(units):
    assert analyze("verify", "--man=no", *units.glob("*")) == (0, "")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_reach_little(units, service):
    threshold = f"--threshold={MOST_EXPOSED}"

    code, said = analyze("security", "--offline=true", threshold, units / service)

    assert code == 0, said


def test_the_target_starts_every_service():
    started = " ".join(SERVICES).replace("@.", "@main.")
    assert options("ship-or-skip.target")["Wants"] == [started]
    for service in SERVICES:
        assert options(service)["PartOf"] == options(service)["WantedBy"] == ["ship-or-skip.target"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_always_started_again(service):
    found = options(service)

    assert found["Restart"] == ["always"]
    assert found["StartLimitIntervalSec"] == ["0"]
    assert seconds(service, "RestartSec") > 0


def test_web_processes_share_the_socket_that_nginx_connects_to():
    (web, _) = map(options, SERVICES)

    assert web["Sockets"] == [f"{SHARED_SOCKET} {OWN_SOCKET.replace('@', '@%i')}"]
    assert options(SHARED_SOCKET)["Service"] == ["ship-or-skip-web@main.service"]
    (address,) = options(SHARED_SOCKET)["ListenStream"]
    assert address.startswith("127.0.0.1:")
    assert f"server {address};" in (ROOT / "deploy" / "nginx.conf").read_text()


def test_the_socket_of_one_web_process_is_for_root():
    assert options(OWN_SOCKET)["SocketMode"] == ["0600"]


def test_services_start_in_the_release_that_current_leads_to():
    for service in SERVICES:
        assert options(service)["WorkingDirectory"] == ["/srv/ship-or-skip/current"]


def test_a_service_has_the_same_time_to_stop_as_its_container():
    for service, container in zip(SERVICES, ["web", "worker"], strict=True):
        grace = COMPOSE[container]["stop_grace_period"]
        assert f"{seconds(service, 'TimeoutStopSec')}s" == grace


def test_a_service_runs_what_its_container_runs():
    in_container = [
        "gunicorn --config deploy/gunicorn.conf.py config.wsgi",
        " ".join(COMPOSE["worker"]["command"]),
    ]

    for service, command in zip(SERVICES, in_container, strict=True):
        assert options(service)["ExecStart"] == [f"/srv/ship-or-skip/current/.venv/bin/{command}"]


def test_the_example_environment_holds_what_is_required_and_no_secret():
    text = (UNITS / "environment.example").read_text()
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))

    assert set(REQUIRED) <= given.keys()
    assert given["SECRET_KEY"] == ""
    assert given["TRUSTED_PROXY_HOPS"] == "'1'"


def test_the_worker_may_write_where_the_example_has_backups_and_dump():
    (folders,) = options("ship-or-skip-worker.service")["StateDirectory"]
    text = (UNITS / "environment.example").read_text()
    written = re.findall(r"^(?:# )?(?:BACKUP|DATA)_DIR='/var/lib/(.*)'$", text, re.MULTILINE)

    assert written == sorted(folders.split())
    assert len(written) == 2
