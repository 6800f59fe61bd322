"""One connection, command by command: on which side of the final dot was it lost?"""

import pytest

from newsletter.delivery.outcome import DeliveryResult, Outcome
from newsletter.delivery.smtp import ServerUnavailable, SmtpConnection
from tests.newsletter.smtp_server import Sink
from web.mail_server import MailServer

MESSAGE = b"Message-ID: <a@example.org>\r\n\r\nhello\r\n"


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def line(sink):
    line = connect(sink.port)
    yield line
    line.close()


def connect(port):
    server = MailServer("smtp+plain", "127.0.0.1", port)
    return SmtpConnection(server, sender="news@example.org", timeout=2, accept_timeout=0.5)


def test_a_message_arrives_byte_for_byte_and_the_line_carries_the_next(sink, line):
    outcomes = [line.offer(f"reader{n}@example.org", MESSAGE) for n in range(3)]

    assert {outcome.result for outcome in outcomes} == {DeliveryResult.ACCEPTED}
    assert sink.accepted == [(f"reader{n}@example.org", MESSAGE) for n in range(3)]
    assert sink.connections == 1
    assert sink.commands[0] == "ehlo example.org"


def test_the_reply_is_kept(line):
    assert line.offer("ada@example.org", MESSAGE) == Outcome(
        DeliveryResult.ACCEPTED, 250, "2.0.0 taken"
    )
    assert line.offer("rcpt550@example.org", MESSAGE) == Outcome(
        DeliveryResult.REFUSED, 550, "5.1.1 no such user", of_recipient=True
    )
    assert line.offer("dot450@example.org", MESSAGE) == Outcome(
        DeliveryResult.DEFERRED, 450, "4.3.0 later"
    )


def test_a_line_goes_on_after_a_refusal(sink, line):
    for name in ["rcpt550", "data550", "dot550", "rcpt450"]:
        line.offer(f"{name}@example.org", MESSAGE)

    assert line.offer("ada@example.org", MESSAGE).result == DeliveryResult.ACCEPTED
    assert sink.connections == 1


def test_a_message_that_could_not_be_handed_over_whole_was_not_accepted(line):
    too_much_for_any_buffer = MESSAGE + b"x" * 78 * 400_000

    outcome = line.offer("cut@example.org", too_much_for_any_buffer)

    assert (outcome.result, outcome.is_lost) == (DeliveryResult.DEFERRED, True)


@pytest.mark.parametrize("name", ["lost", "hang", "cut"])
def test_between_the_dot_and_the_reply_nobody_can_know(line, name):
    outcome = line.offer(f"{name}@example.org", MESSAGE)

    assert (outcome.result, outcome.is_lost) == (DeliveryResult.UNKNOWN, True)


@pytest.mark.parametrize("name", ["rcpt421", "dot421"])
def test_421_says_no_and_ends_the_line(line, name):
    outcome = line.offer(f"{name}@example.org", MESSAGE)

    assert (outcome.result, outcome.code, outcome.is_lost) == (DeliveryResult.NOT_TAKEN, 421, True)
    assert line.offer("ada@example.org", MESSAGE).result == DeliveryResult.NOT_TAKEN


@pytest.mark.parametrize("greeting", ["421 busy", "554 go away", "garbage"])
def test_a_server_that_turns_us_away_is_gone_for_now(greeting):
    with Sink(greeting=greeting) as sink, pytest.raises(ServerUnavailable):
        connect(sink.port)


def test_nobody_at_the_port_is_gone_for_now():
    with Sink() as sink:
        port = sink.port

    with pytest.raises(ServerUnavailable):
        connect(port)
