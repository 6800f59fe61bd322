"""bin/upgrade on a whole installation: Postgres, nginx, the shipped units, real releases of a repository."""

import shutil
import subprocess
import sys
from contextlib import ExitStack

import pytest

from bin.local.terminal import Problem
from bin.local.upgrade import program, releases, web
from bin.local.upgrade.installation import Installation
from tests.deploy.shipped_nginx import shipped_nginx
from tests.deploy.systemd_stand_in import Systemd
from tests.deploy.upgrade_load import Load
from tests.votes.own_server import NO_RULES, ROOT, own_server

NOT_RELEASED = shutil.ignore_patterns(".*", "__pycache__", "tests", "node_modules")
MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("tools", "0002_rules")]
    operations = [migrations.AddField("tool", "more", models.TextField(null=True))]
"""
MAKE_A_TOOL = "from tests.factories import make_tool; make_tool(slug='ada')"
WITHOUT = ["--no-doctor", "--no-backup"]


def git(repository, *words):
    author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", "-C", repository, *author, *words], check=True, capture_output=True)


def tag(origin, name, *changes):
    """Commit the files as they are with these changes (name, old, new), and give the commit a tag."""
    for file, old, new in changes:
        text = (origin / file).read_text()
        assert old in text
        (origin / file).write_text(text.replace(old, new, 1))
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", name)
    git(origin, "tag", name)


def make_releases(origin):
    """1.1 has another stylesheet and a migration, 1.2 cannot show its pages."""
    shutil.copytree(ROOT, origin, ignore=NOT_RELEASED)
    git(origin, "init", "--quiet")
    live = ("config/health/views.py", '_text("ok\\n")', '_text("1.0\\n")')
    tag(origin, "v1.0.0", live)
    (origin / "tools" / "migrations" / "0003_more.py").write_text(MIGRATION)
    next_live = ("config/health/views.py", '"1.0\\n"', '"1.1\\n"')
    tag(origin, "v1.1.0", next_live, ("static/css/site.css", "@import", "/**/ .new{top:0} @import"))
    broken = ("pages/home/views.py", "def home(", "def home(request): 1 / 0\ndef unused(")
    tag(origin, "v1.2.0", broken)


def write_settings(file, server):
    settings = {
        "DEBUG": "off",
        "SECRET_KEY": "of a test " * 5,
        "DATABASE_URL": server.handle.url,
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": "http://localhost",
        "MAIL_URL": "smtp+plain://127.0.0.1:9",
        "TRUSTED_PROXY_HOPS": "1",
        "WEB_WORKERS": "1",
    }
    lines = [f"{name}='{value}'" for name, value in (settings | NO_RULES).items()]
    file.write_text("\n".join(lines))
    file.chmod(0o644)


class Site:
    def __init__(self, folder, server, stack):
        self.server, self.folder = server, folder / "site"
        self.sockets, environment = folder / "sockets", folder / "environment"
        for new in [self.folder, self.sockets]:
            new.mkdir()
        write_settings(environment, server)
        make_releases(folder / "origin")
        git(folder, "clone", "--quiet", folder / "origin", self.folder / "repository")
        self.options = [
            "--folder",
            self.folder,
            "--environment",
            environment,
            "--sockets",
            self.sockets,
        ]
        log = stack.enter_context((folder / "log").open("w"))
        self.systemd = Systemd(self.folder, environment, self.sockets, log)
        stack.callback(self.systemd.stop_all)
        self.installation = Installation(self.folder, environment, self.folder.owner())
        self.web = web.Web(self.installation, self.sockets / "main.sock")

    def upgrade(self, *words):
        options = [*words, *self.options, "--user", self.installation.user]
        sys.argv = ["bin/upgrade", *map(str, options)]
        return program.main()

    def start(self):
        self.systemd("start", "ship-or-skip-web@main.service", web.WORKER)
        self.web.wait_until_ready()

    @property
    def current(self):
        return (self.folder / "current").resolve().name

    @property
    def version(self):
        return self.web.get("/healthz/live/")[1].strip()

    @property
    def votes(self):
        return self.server.rows("SELECT count(*) FROM votes_vote")[0][0]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of release 1.0 that serves readers. Each test leaves it so."""
    if not shutil.which("git"):
        pytest.skip("git is not installed: no upgrade is tried")
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        # A network would be needed; the packages of these releases are those of the tests.
        patch.setattr(
            releases, "make_environment", lambda release: (release / ".venv").symlink_to(sys.prefix)
        )
        patch.setattr(sys, "argv", sys.argv)
        server = stack.enter_context(own_server())
        site = Site(tmp_path_factory.mktemp("upgrade"), server, stack)
        patch.setattr(web, "systemctl", site.systemd)
        site.upgrade("v1.0.0", *WITHOUT)
        server.manage("shell", "-c", MAKE_A_TOOL)
        site.start()
        yield site


@pytest.fixture
def load(site, tmp_path):
    folder = tmp_path / "nginx"
    folder.mkdir()
    static = site.folder / "current" / ".staticfiles"
    with shipped_nginx(folder, backend=site.systemd.port, static=static) as nginx:
        yield lambda: Load(nginx.port)


def test_a_tag_that_does_not_exist_is_refused(site):
    with pytest.raises(Problem, match=r"there is no tag v9.0.0 in .*repository"):
        site.upgrade("v9.0.0", *WITHOUT)

    assert (site.current, site.version) == ("v1.0.0", "1.0")


def test_two_upgrades_at_once_are_refused(site):
    with site.installation.locked(), pytest.raises(Problem, match="another upgrade of"):
        site.upgrade("v1.1.0", *WITHOUT)

    assert (site.current, site.version) == ("v1.0.0", "1.0")


def test_a_release_that_cannot_show_its_pages_reaches_no_reader(site):
    with pytest.raises(Problem, match="/ was answered with 500") as refusal:
        site.upgrade("v1.2.0", *WITHOUT)

    assert str(refusal.value).endswith("v1.0.0 runs as before, also with a migrated database.")
    assert (site.current, site.version) == ("v1.0.0", "1.0")


def test_a_release_that_cannot_take_over_gives_way_to_the_one_before(site, monkeypatch):
    wait = web.Web.wait_until_ready
    monkeypatch.setattr(web.Web, "wait_until_ready", lambda asked: refuse_standby(asked, wait))

    with pytest.raises(Problem, match="standby is not ready") as refusal:
        site.upgrade("v1.1.0", *WITHOUT)

    assert str(refusal.value).endswith("v1.0.0 serves readers again.")
    assert (site.current, site.version) == ("v1.0.0", "1.0")
    assert [*site.systemd.own_sockets] == ["ship-or-skip-web@main.socket"]


def refuse_standby(asked, wait):
    """A process that starts and never becomes ready."""
    if asked.path.stem == "standby":
        raise Problem("standby is not ready")
    wait(asked)


def test_no_reader_notices_an_upgrade_and_the_way_back(site, load):
    with load() as readers:
        site.upgrade("v1.1.0", "--no-doctor", "--backup-folder", site.folder / "backups")
        after_upgrade = site.current, site.version
        # A page that is open in a browser finds its stylesheet in the other release.
        names = [stylesheets(site.folder / "releases" / tag) for tag in ["v1.0.0", "v1.1.0"]]
        site.upgrade("v1.0.0", *WITHOUT)
        after_rollback = site.current, site.version

    assert after_upgrade == ("v1.1.0", "1.1")
    assert after_rollback == ("v1.0.0", "1.0")
    assert names[0] == names[1]
    assert len(names[0]) == 2
    assert readers.failed == []
    assert readers.requests > 100
    assert site.votes == readers.acknowledged > 0
    assert [*(site.folder / "backups").glob("*.dump")]


def stylesheets(release):
    """The names with a hash of css/site.css."""
    return {path.name for path in (release / ".staticfiles" / "css").glob("site.*.css")}
