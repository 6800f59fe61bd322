"""The local Postgres, which runs while one of our programs uses it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bin.local.postgres_server import LocalServer
from bin.local.terminal import stopping_later, undisturbed


@contextmanager
def postgres(data_dir: Path) -> Iterator[str]:
    """Yield the URL of a server in `data_dir`, and stop it afterwards unless another program uses it."""
    server = LocalServer(data_dir)
    with ExitStack() as running:
        with stopping_later():
            server.join()
            running.callback(_leave, server)
        yield server.url


def _leave(server: LocalServer) -> None:
    with undisturbed():
        server.leave()
