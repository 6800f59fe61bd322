"""One connection, command by command: on which side of the final dot was it lost?"""

from contextlib import closing

import pytest

from newsletter.delivery.outcome import DeliveryResult, Outcome
from newsletter.delivery.smtp import ServerUnavailable, SmtpConnection
from tests.newsletter.smtp_server import SmtpServer
from tests.waiting import GIVE_UP_AFTER
from web.mail_server import MailServer

MESSAGE = b"Message-ID: <a@example.org>\r\n\r\nhello\r\n"


@pytest.fixture
def smtp_server():
    with SmtpServer() as smtp_server:
        yield smtp_server


@pytest.fixture
def line(smtp_server):
    line = connect(smtp_server.port)
    yield line
    line.close()


def connect(port, accept_timeout=GIVE_UP_AFTER):
    server = MailServer("smtp+plain", "127.0.0.1", port)
    return SmtpConnection(
        server, sender="news@example.org", timeout=GIVE_UP_AFTER, accept_timeout=accept_timeout
    )


def test_a_message_arrives_byte_for_byte_and_the_line_carries_the_next(smtp_server, line):
    outcomes = [line.send_message(f"reader{n}@example.org", MESSAGE) for n in range(3)]

    assert {outcome.result for outcome in outcomes} == {DeliveryResult.ACCEPTED}
    assert smtp_server.accepted == [(f"reader{n}@example.org", MESSAGE) for n in range(3)]
    assert smtp_server.connections == 1
    assert smtp_server.commands[0] == "ehlo example.org"


def test_the_reply_is_kept(line):
    assert line.send_message("ada@example.org", MESSAGE) == Outcome(
        DeliveryResult.ACCEPTED, 250, "2.0.0 taken"
    )
    assert line.send_message("rcpt550@example.org", MESSAGE) == Outcome(
        DeliveryResult.REJECTED, 550, "5.1.1 no such user", is_recipient_refusal=True
    )
    assert line.send_message("dot450@example.org", MESSAGE) == Outcome(
        DeliveryResult.DEFERRED, 450, "4.3.0 later"
    )


def test_a_line_goes_on_after_a_refusal(smtp_server, line):
    for name in ["rcpt550", "data550", "dot550", "rcpt450"]:
        line.send_message(f"{name}@example.org", MESSAGE)

    assert line.send_message("ada@example.org", MESSAGE).result == DeliveryResult.ACCEPTED
    assert smtp_server.connections == 1


def test_a_message_that_could_not_be_handed_over_whole_was_not_accepted(line):
    too_much_for_any_buffer = MESSAGE + b"x" * 78 * 400_000

    outcome = line.send_message("cut@example.org", too_much_for_any_buffer)

    assert (outcome.result, outcome.connection_lost) == (DeliveryResult.DEFERRED, True)


@pytest.mark.parametrize("name", ["lost", "hang", "cut"])
def test_between_the_dot_and_the_reply_nobody_can_know(smtp_server, name):
    with closing(connect(smtp_server.port, accept_timeout=0.5)) as line:
        outcome = line.send_message(f"{name}@example.org", MESSAGE)

    assert (outcome.result, outcome.connection_lost) == (DeliveryResult.UNKNOWN, True)


@pytest.mark.parametrize("name", ["rcpt421", "dot421"])
def test_421_says_no_and_ends_the_line(line, name):
    outcome = line.send_message(f"{name}@example.org", MESSAGE)

    assert (outcome.result, outcome.code, outcome.connection_lost) == (
        DeliveryResult.INTERRUPTED,
        421,
        True,
    )
    assert line.send_message("ada@example.org", MESSAGE).result == DeliveryResult.INTERRUPTED


@pytest.mark.parametrize("greeting", ["421 busy", "554 go away", "garbage"])
def test_a_server_that_turns_us_away_is_gone_for_now(greeting):
    with SmtpServer(greeting=greeting) as smtp_server, pytest.raises(ServerUnavailable):
        connect(smtp_server.port)


def test_nobody_at_the_port_is_gone_for_now():
    with SmtpServer() as smtp_server:
        port = smtp_server.port

    with pytest.raises(ServerUnavailable):
        connect(port)
