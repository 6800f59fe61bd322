"""An issue on its way while its senders, its mail server and its database are killed, again and again."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bin.local.port import free_port
from tests.votes.own_server import ROOT, own_server
from tests.waiting import answers, wait_until

SENDERS, CONNECTIONS, LEASE = 4, 2, 3


@dataclass
class LoadTest:
    """`kills` of senders with SIGKILL; each crash of Postgres or of the smtp_server meets every connection."""

    recipients: int
    kills: int
    seed: int
    rate: float
    crashes: int = 2
    smtp_server_crashes: int = 2
    pause: tuple[float, float] = (0.05, 0.35)  # seconds between two of them

    @property
    def most_uncertain(self):
        """One per open connection per crash; a stopped sender is like a crash to its own."""
        everybody = SENDERS * CONNECTIONS
        return (
            self.kills * CONNECTIONS
            + (self.crashes + self.smtp_server_crashes) * everybody
            + CONNECTIONS
        )


@dataclass
class Result:
    load_test: LoadTest
    seconds: float
    states: Counter
    recorded: list  # (recipient, Message-ID's left side) of each accepted message, in order
    sent: set  # ids of deliveries called sent
    uncertain: set
    issue_state: str
    killed: int

    @property
    def doubled(self):
        counts = Counter(recipient for recipient, _ in self.recorded)
        return [recipient for recipient, count in counts.items() if count > 1]

    @property
    def falsely_sent(self):
        return self.sent - self._recorded_ids

    @property
    def accepted_but_unrecorded(self):
        return self._recorded_ids - self.sent - self.uncertain

    @property
    def _recorded_ids(self):
        return {left.partition("@")[0] for _, left in self.recorded}

    def __str__(self):
        accepted = len(self.uncertain & self._recorded_ids)
        return (
            f"seed {self.load_test.seed}: {len(self.recorded)} accepted of {self.load_test.recipients} in "
            f"{self.seconds:.0f} s, {self.killed} × kill -9, {self.load_test.crashes} crashes of Postgres, "
            f"{self.load_test.smtp_server_crashes} of the mail server, 1 sender asleep past its lease: "
            f"{len(self.doubled)} doubled, {len(self.falsely_sent)} falsely marked as sent, "
            f"{len(self.accepted_but_unrecorded)} accepted but not recorded, {len(self.uncertain)} uncertain "
            f"({accepted} of them accepted; at most {self.load_test.most_uncertain} may be), "
            f"states {dict(self.states)}, the issue is {self.issue_state}"
        )


def run(load_test):
    with tempfile.TemporaryDirectory() as folder, own_server() as server:
        record = Path(folder) / "record"
        record.touch()
        issue = int(program(server, "prepare", str(load_test.recipients)))
        port = free_port()
        start = time.monotonic()
        with (
            mail_server(port, record) as smtp_server,
            sender_processes(server, port, load_test.rate) as senders,
        ):
            disturb(load_test, server, smtp_server, senders)
            wait_for_the_end(server, load_test)
            killed = senders.killed
        return result_of(load_test, server, issue, record, time.monotonic() - start, killed)


def disturb(load_test, server, smtp_server, senders):
    """Kill at random moments, in a random order, while there is something to send."""
    dice = random.Random(load_test.seed)
    disturbances = (
        [senders.kill_one] * load_test.kills
        + [server.crash] * load_test.crashes
        + [smtp_server.crash] * load_test.smtp_server_crashes
        + [senders.put_one_to_sleep]
    )
    dice.shuffle(disturbances)
    for disturbance in disturbances:
        time.sleep(dice.uniform(*load_test.pause))
        if disturbance in (senders.kill_one, senders.put_one_to_sleep):
            disturbance(dice)
        else:
            disturbance()
    senders.wake_the_sleeper()


def wait_for_the_end(server, load_test):
    deadline = time.monotonic() + 60 + load_test.recipients / 20
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            if server.rows("SELECT state FROM newsletter_issue") == [("sent",)]:
                return
        time.sleep(0.2)


def result_of(load_test, server, issue, record, seconds, killed):
    rows = server.rows("SELECT id::text, state FROM newsletter_delivery WHERE issue_id = %s", issue)
    return Result(
        load_test=load_test,
        seconds=seconds,
        states=Counter(state for _, state in rows),
        recorded=[tuple(line.split()) for line in record.read_text().splitlines()],
        sent={key for key, state in rows if state == "sent"},
        uncertain={key for key, state in rows if state == "uncertain"},
        issue_state=server.rows("SELECT state FROM newsletter_issue")[0][0],
        killed=killed,
    )


class MailServer:
    def __init__(self, port, record):
        self.command = [
            sys.executable,
            "-m",
            "tests.newsletter.smtp_server",
            str(port),
            str(record),
        ]
        self.port = port
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, cwd=ROOT)
        wait_until(lambda: answers(self.port))

    def stop(self):
        self.process.kill()
        self.process.wait()

    def crash(self):
        self.stop()
        time.sleep(0.3)
        self.start()


class Senders:
    def __init__(self, process):
        self.process = process
        self.pids = []
        self.asleep = None
        self.killed = 0

    def start_one(self):
        self.process.stdin.write("fork\n")
        self.process.stdin.flush()
        self.pids.append(int(self.process.stdout.readline()))

    def kill_one(self, dice):
        pid = self.pids.pop(dice.randrange(len(self.pids)))
        os.kill(pid, signal.SIGKILL)
        if pid == self.asleep:
            self.asleep = None
        self.killed += 1
        self.start_one()

    def put_one_to_sleep(self, dice):
        self.asleep = dice.choice(self.pids)
        os.kill(self.asleep, signal.SIGSTOP)

    def wake_the_sleeper(self):
        """Past its lease, whose rows others have taken back by then."""
        if self.asleep:
            time.sleep(2 * LEASE)
            os.kill(self.asleep, signal.SIGCONT)

    def end(self):
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(20)


@contextmanager
def mail_server(port, record):
    server = MailServer(port, record)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def sender_processes(server, port, rate, senders=SENDERS, **options):
    options = {"port": port, "connections": CONNECTIONS, "lease": LEASE, "rate": rate} | options
    command = [
        sys.executable,
        "-m",
        "tests.newsletter.senders",
        "sender_processes",
        json.dumps(options),
    ]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=server.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    started = Senders(process)
    try:
        for _ in range(senders):
            started.start_one()
        yield started
    finally:
        started.end()


def program(server, *args):
    command = [sys.executable, "-m", "tests.newsletter.senders", *args]
    return subprocess.run(
        command, cwd=ROOT, env=server.environment, check=True, capture_output=True, text=True
    ).stdout
