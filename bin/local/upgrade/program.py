"""bin/upgrade: install a release beside the one that runs, and switch to it without a gap."""

import argparse
import os
import time
from pathlib import Path

from bin.local import terminal
from bin.local.terminal import Problem, say, step
from bin.local.upgrade import releases, web
from bin.local.upgrade.installation import Installation


def main() -> int:
    options = parse()
    installation = Installation(options.folder, options.environment, options.user, options.sockets)
    if installation.setting("STATIC_ROOT"):
        raise Problem(f"remove STATIC_ROOT from {options.environment}: each release has its own.")
    os.umask(0o022)  # the services and nginx read what is installed
    with installation.locked():
        return upgrade(installation, options)


def upgrade(installation: Installation, options: argparse.Namespace) -> int:
    started = time.monotonic()
    new, old = installation.release(options.tag), installation.running
    if new == old:
        raise Problem(f"{options.tag} is the running release.")
    if old and options.doctor:
        with step(f"Checking {old.name}, which runs"):
            installation.manage(old, "doctor")
    releases.prepare(installation, options.tag)
    if old and options.backup:
        with step("Backing up the database"):
            said = installation.manage(old, "backup", *options.backup_folder)
        say(said)
    migrate_and_try(installation, new, old)
    take_over(installation, new, old)
    say(f"{options.tag} is installed. {time.monotonic() - started:.0f} s.")
    return report_health(installation, new) if old and options.doctor else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("bin/upgrade", description=__doc__)
    parser.add_argument("tag", help="the tag of the release, such as v1.1.0")
    parser.add_argument("--folder", type=Path, default=Path("/srv/ship-or-skip"))
    parser.add_argument(
        "--environment",
        type=Path,
        default=Path("/etc/ship-or-skip/environment"),
        help="the file with the settings of the services",
    )
    parser.add_argument(
        "--sockets",
        type=Path,
        default=Path("/run/ship-or-skip"),
        help="the folder of the sockets of the single web processes",
    )
    parser.add_argument("--user", default="ship-or-skip", help="the user that the services run as")
    parser.add_argument(
        "--backup-folder",
        nargs=1,
        default=[],
        help="where to store the backup; by default BACKUP_DIR",
    )
    parser.add_argument("--no-backup", dest="backup", action="store_false", help="make no backup")
    parser.add_argument(
        "--no-doctor",
        dest="doctor",
        action="store_false",
        help="continue even if a part of the running release is failing",
    )
    return parser.parse_args()


def migrate_and_try(installation: Installation, new: Path, old: Path | None) -> None:
    """Migrate, and start the release where no reader reaches it. On a failure the old release runs on."""
    try:
        with step("Migrating the database"):
            installation.manage(new, "migrate", "--noinput", "--verbosity=0")
        with step(f"Trying {new.name} out"):
            web.try_out(installation, new)
    except Problem as problem:
        goes_on = f"\n{old.name} runs as before, also with a migrated database." if old else ""
        raise Problem(f"{problem}{goes_on}") from problem


def take_over(installation: Installation, new: Path, old: Path | None) -> None:
    if old is None:
        installation.point_to(new)
        say("Nothing ran before: start the services as docs/install-debian.md says.")
        return
    releases.share_static_files(old, new)
    releases.share_static_files(new, old)  # for the way back
    try:
        web.switch(installation, new, old)
    except Problem as problem:
        raise Problem(f"{problem}\n{old.name} serves readers again.") from problem
    with step("Restarting the worker, which ends or hands back its jobs"):
        web.systemctl("restart", web.WORKER)
    releases.delete_others(installation, kept={new, old})


def report_health(installation: Installation, release: Path) -> int:
    try:
        with step(f"Checking {release.name}, which runs now"):
            installation.manage(release, "doctor")
    except Problem as problem:
        say(f"It serves readers, but: {problem}")
        return 1
    return 0


if __name__ == "__main__":
    terminal.run("bin/upgrade", main)
