"""What all processes of gunicorn have counted, in files of a folder in memory (`deploy/gunicorn.conf.py`).

prometheus-client writes one file per process and type of metric. The files of a process that has ended are added to
those of all that ended before: without them counters would fall, and with them files would become ever more.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# The types whose values stay when their process has ended. A gauge says how a living process is.
LASTING = {"counter", "histogram"}


def read_processes() -> bytes:
    """Return the metrics of all processes; of this one alone where it has no folder, as in development."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)
    with _locked(Path(folder), fcntl.LOCK_SH):
        return generate_latest(registry)


def retire_process(folder: Path, pid: int) -> None:
    """Keep what an ended process has counted, and delete its files."""
    with _locked(folder, fcntl.LOCK_EX):
        for file in folder.glob(f"*_{pid}.db"):
            kind = file.name.removesuffix(f"_{pid}.db")
            if kind in LASTING:
                _add(file, folder / f"{kind}_ended.db")
            file.unlink()


def _add(source: Path, target: Path) -> None:
    total = MmapedDict(str(target))
    for key, value, _timestamp, _position in MmapedDict.read_all_values_from_file(str(source)):
        before, _ = total.read_value(key)
        total.write_value(key, before + value, 0.0)
    total.close()


@contextmanager
def _locked(folder: Path, kind: int) -> Iterator[None]:
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, kind)
        yield
