"""Newsletter emails a second, beside plain smtplib with the same bytes, and the sender's memory.

python -m tests.bench.newsletter [10000 [100000]]: speed with so many recipients, memory with 1,000 and so
many. The mail server is aiosmtpd in a process of its own; Postgres is one of our own, durable. What is
compared was measured in this run: the machine's own speed falls out.
"""

import os
import smtplib
import subprocess
import sys
import time
from contextlib import contextmanager

from bin.local.port import free_port
from tests.newsletter.kill_load_test import program, sender_processes
from tests.votes.own_server import ROOT, own_server

SINK = """
import asyncio, sys
from aiosmtpd.smtp import SMTP

class Handler:
    async def handle_DATA(self, server, session, envelope):
        return "250 taken"

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Handler()), "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()

asyncio.run(main())
"""


@contextmanager
def aiosmtpd(port):
    process = subprocess.Popen([sys.executable, "-c", SINK, str(port)])
    try:
        for _ in range(200):
            try:
                smtplib.SMTP("127.0.0.1", port).quit()
                break
            except OSError:
                time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def plain(port, count, message):
    """Mails a second of one connection that pushes finished bytes."""
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        start = time.monotonic()
        for n in range(count):
            smtp.sendmail("news@example.org", [f"reader{n}@example.org"], message)
        return count / (time.monotonic() - start)


def sending(server, port, workers, recipients):
    """(emails a second from the first claim to the last reply, peak memory of a worker in MB)."""
    with server.connect() as connection:
        connection.execute(
            "TRUNCATE newsletter_issue, newsletter_subscriber, tools_tool, reviews_reviewer CASCADE"
        )
    program(server, "prepare", str(recipients))
    options = {"connections": 4, "lease": 300, "timeout": 30, "accept_timeout": 600}
    with sender_processes(server, port, 1e6, senders=workers, **options) as senders:
        while server.rows("SELECT state FROM newsletter_issue") != [("sent",)]:
            time.sleep(0.2)
        memory = max(peak_memory(pid) for pid in senders.pids)
    ((sent, seconds),) = server.rows(
        "SELECT count(*), extract(epoch FROM max(changed_at) - min(changed_at)) FROM newsletter_delivery "
        "WHERE state = 'sent'"
    )
    assert sent == recipients
    return sent / float(seconds), memory


def peak_memory(pid):
    with open(f"/proc/{pid}/status") as status:
        kilobytes = next(line for line in status if line.startswith("VmHWM")).split()[1]
    return int(kilobytes) / 1024


def finished_message(server):
    """The bytes that a subscriber gets."""
    script = (
        "import sys; from uuid import uuid4; from newsletter.delivery.message_cache import MessageCache; "
        "from newsletter.digest.digest import EVERYTHING; from newsletter.models import Issue; "
        "m = MessageCache().template_for(Issue.objects.get().pk, EVERYTHING); sys.stdout.buffer.write("
        "m.bytes_for(email='reader1@example.org', key=uuid4(), delivery_id=uuid4()))"
    )
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", script]
    return subprocess.run(
        command, cwd=ROOT, env=server.environment, check=True, capture_output=True
    ).stdout


def main(recipients=10_000, many=100_000):
    recipients, many = int(recipients), int(many)
    with own_server() as server:
        port = free_port()
        with aiosmtpd(port):
            program(server, "prepare", "1")
            message = finished_message(server)
            print(
                f"{len(message) / 1000:.1f} kB a message, aiosmtpd and Postgres on the same {os.cpu_count()} cores"
            )
            before = plain(port, recipients // 4, message)
            for workers in (1, 2):
                rate, memory = sending(server, port, workers, recipients)
                print(
                    f"{recipients} recipients, {workers} worker(s) of 4 connections: {rate:.0f}/s, "
                    f"{rate / before:.2f} × plain, {memory:.0f} MB"
                )
            after = plain(port, recipients // 4, message)
            print(f"plain smtplib, one connection: {before:.0f}/s before, {after:.0f}/s after")
            for count in (1_000, many):
                _, memory = sending(server, port, 1, count)
                print(f"memory of a worker at {count} recipients: {memory:.0f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
