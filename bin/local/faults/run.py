"""Make the faults one after the other while readers use the site, and print what each cost."""

import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bin.local import terminal
from bin.local.faults.catalogue import FAULTS, Fault, NotTried
from bin.local.faults.load import Load
from bin.local.faults.report import Result, table, write
from bin.local.faults.site import Site, site
from bin.local.terminal import say

CALM = 4  # seconds without a failed or slow answer, after which the site has recovered
ENOUGH = 20  # answers, of which to judge
LONGEST_RECOVERY = 60
WARM_UP = 2
# A job that could not send is tried again after a minute, then after five.
LONGEST_DELIVERY = 450
LOSS = 1


def main() -> int:
    options = parse(sys.argv[1:])
    if options.list:
        for each in FAULTS.values():
            say(f"{each.name:24} {each.description}")
        return 0
    with tempfile.TemporaryDirectory(prefix="ship-or-skip-faults-") as folder:
        results = run(Path(folder), chosen(options), is_quick=options.quick)
    say(f"\n{table(results)}")
    if options.json:
        write(options.json, results)
    return LOSS if any(result.is_broken_promise for result in results) else 0


def parse(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(
        "bin/faults",
        description="Break the site in production settings while it is used, and count what is lost.",
    )
    add = parser.add_argument
    add("--list", action="store_true", help="print the names of the faults and exit")
    add("--only", nargs="+", choices=FAULTS, metavar="NAME", help="inject only these faults")
    add(
        "--quick",
        action="store_true",
        help="inject a few faults that do not wait for retries: about a minute",
    )
    add("--json", type=Path, metavar="FILE", help="write the results to this file")
    return parser.parse_args(arguments)


def chosen(options: Namespace) -> list[Fault]:
    if options.only:
        return [FAULTS[name] for name in options.only]
    return [each for each in FAULTS.values() if each.is_quick or not options.quick]


def run(folder: Path, faults: Sequence[Fault], *, is_quick: bool) -> list[Result]:
    with site(folder) as broken:
        load = Load(broken.port, broken.slugs())
        with load.running():
            time.sleep(WARM_UP)
            results = [make(fault, broken, load) for fault in faults]
        say("Waiting for the emails to those who signed up.")
        wait_for_emails(broken, load, hurry if is_quick else wait)
        count_emails(results, broken, load)
        say(f"Deliveries: {states(broken)}. Other jobs that wait: {waiting_jobs(broken)}.")
        say(
            f"Exit codes of the worker: {broken.worker.exit_codes}; of gunicorn: {broken.web.exit_codes}."
        )
        return results


def make(fault: Fault, broken: Site, load: Load) -> Result:
    say(f"{fault.name}: {fault.description}")
    result = Result(fault.name)
    load.fault = fault.name
    before, began = load.acknowledged, time.monotonic()
    try:
        fault.happen(broken)
    except NotTried as reason:
        result.not_tried = str(reason)
        return result
    ended = time.monotonic()
    wait_until_calm(load, ended)
    with load.paused():
        result.count(load.log.since(began), ended=ended)
        result.acknowledged = load.acknowledged - before
        stored = broken.stored_votes()
        result.lost_votes = sum(voter.lost(stored) for voter in load.voters)
    return result


def wait_until_calm(load: Load, ended: float) -> None:
    """Wait for some seconds in which every request is answered well."""
    start = ended
    while time.monotonic() < ended + LONGEST_RECOVERY:
        time.sleep(0.2)
        latest = load.log.since(start)
        start = max([start, *(answer.ended for answer in latest if not answer.is_well)])
        if len(latest) >= ENOUGH and time.monotonic() - start >= CALM:
            return


def wait_for_emails(broken: Site, load: Load, pause: Callable[[Site], None]) -> None:
    waiting = {sign_up.email for sign_up in load.sign_ups}
    end = time.monotonic() + LONGEST_DELIVERY
    while waiting - broken.mail.received().keys() and time.monotonic() < end:
        pause(broken)


def wait(broken: Site) -> None:
    time.sleep(0.5)


def hurry(broken: Site) -> None:
    """Let the pauses of jobs, and those after which a worker is given up, be over."""
    time.sleep(5)
    with broken.connect() as connection:
        connection.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute' "
            "WHERE last_heartbeat < now() - interval '15 seconds'"
        )
        connection.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now() "
            "WHERE status = 'todo' AND scheduled_at > now()"
        )


def count_emails(results: Sequence[Result], broken: Site, load: Load) -> None:
    """Count the emails by the fault of the sign-up; a copy of an issue by the last fault of all."""
    received = broken.mail.received()
    lost = Counter(each.fault for each in load.sign_ups if each.email not in received)
    repeated = Counter(each.fault for each in load.sign_ups if received[each.email] > 1)
    for result in results:
        result.lost_sign_ups = lost[result.fault]
        result.repeated = repeated[result.fault]
    results[-1].doubled = sum(received[email] - 1 for email in set(subscribers(received)))


def subscribers(received: Counter[str]) -> Iterator[str]:
    yield from (email for email in received if email.startswith("reader"))


def states(broken: Site) -> str:
    rows = broken.rows("SELECT state, count(*) FROM newsletter_delivery GROUP BY 1 ORDER BY 1")
    return ", ".join(f"{number} {state}" for state, number in rows)


def waiting_jobs(broken: Site) -> int:
    rows = broken.rows("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'default'")
    return int(rows[0][0])


if __name__ == "__main__":
    sys.exit(terminal.run("bin/faults", main))
