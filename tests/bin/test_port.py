"""The ports on which servers of developers and tests listen."""

import socket
import sys

import pytest

from bin.local.port import HOST, free_port
from tests.waiting import answers


@pytest.mark.skipif(sys.platform != "linux", reason="Other systems have no such reservation.")
def test_a_free_port_is_kept_from_others_until_a_server_takes_it():
    port = free_port()

    with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
        other.bind((HOST, port))
    assert not answers(port)
    with socket.create_server((HOST, port)):
        assert answers(port)
