"""Which pg_dump is used: the installed ones are played by scripts that print their version."""

import pytest

from config.backup import programs
from config.backup.errors import BackupError


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install versions of a program, and nothing else."""

    def install(name, *versions):
        for version in versions:
            folder = tmp_path / version / "bin"
            folder.mkdir(parents=True)
            (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
            (folder / name).chmod(0o755)

    monkeypatch.setattr(programs, "FOLDERS", [f"{tmp_path}/*/bin"])
    monkeypatch.setattr(programs, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    return install


@pytest.mark.parametrize(
    ("server", "used"), [(15, "15.18"), (16, "17.2 (Debian 17.2-1)"), (18, "18.4")]
)
def test_a_server_is_dumped_by_its_own_version_or_the_next_newer_one(install, server, used):
    install("pg_dump", "15.18", "17.2 (Debian 17.2-1)", "18.4")

    assert programs.find("pg_dump", server).parts[-3] == used


@pytest.mark.parametrize(("installed", "found"), [([], "none"), (["15.18", "17.2"], "15, 17")])
def test_what_is_missing_is_named_with_how_to_get_it(install, installed, found):
    install("pg_dump", *installed)

    with pytest.raises(BackupError) as error:
        programs.find("pg_dump", 18)

    assert str(error.value) == (
        f"The server is PostgreSQL 18 and needs pg_dump 18 or newer (found: {found}). Install "
        "postgresql-client-18 (Debian's or apt.postgresql.org's), or put its folder on PATH."
    )
