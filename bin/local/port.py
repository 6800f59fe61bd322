"""The port that the local site is served on."""

import os
import socket
import sys
from contextlib import suppress

from bin.local.terminal import Problem

HOST = "127.0.0.1"


def wanted_port() -> int:
    text = os.environ.get("PORT", "") or "8000"
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Problem(
            f'PORT is "{text}": it must be a number from 1 to 65535, such as PORT=8001 bin/dev.'
        )
    return int(text)


def refuse_taken_port() -> None:
    port = wanted_port()
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
    except PermissionError:
        raise Problem(
            f"Only root can use port {port}: choose one above 1023, such as PORT=8001 bin/dev."
        ) from None
    except OSError:
        raise _taken(port) from None
    # macOS allows binding to a port on which another program listens on all addresses.
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        raise _taken(port)


def free_port() -> int:
    """Return a port that no other program is given while this process lives, so that one of ours can take it.

    On Linux a socket that is bound and does not listen keeps the port from being chosen again, and lets a server bind
    to it, if both have SO_REUSEADDR. On other systems the port is only free at the moment.
    """
    reservation = socket.socket()
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reservation.bind((HOST, 0))
    port: int = reservation.getsockname()[1]
    if sys.platform == "linux":
        reservation.detach()  # stays open until this process ends
    else:
        reservation.close()
    return port


def _taken(port: int) -> Problem:
    return Problem(
        f"Another program uses port {port}: stop it, or choose another port, such as "
        f"PORT={port + 1 if port < 65535 else 8000} bin/dev."
    )
