"""A Postgres that is silent: it accepts connections, as its kernel does, and answers nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil


@contextmanager
def frozen(data_dir: Path) -> Iterator[None]:
    """Stop all processes of the server in `data_dir`, as SIGSTOP does, and let them go on afterwards."""
    processes = server_processes(data_dir)
    _each(processes, psutil.Process.suspend)
    try:
        yield
    finally:
        _each(processes, psutil.Process.resume)


def server_processes(data_dir: Path) -> list[psutil.Process]:
    number = int((data_dir / "postmaster.pid").read_text().split()[0])
    first = psutil.Process(number)
    return [first, *first.children(recursive=True)]


def _each(processes: list[psutil.Process], do: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # of a connection that has just ended
            do(process)
