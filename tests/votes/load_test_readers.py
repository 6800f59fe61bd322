"""Readers in a process of their own, at the level of the actions. `own_server.start_readers` runs it.

Each plan prints the answers that its readers got as JSON.
"""

import json
import random
import sys
import time
from threading import Barrier, Thread
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection

from accounts.models import Reader
from accounts.networks import Network, networks_of
from accounts.rate_limits import Bucket, consume
from tests.factories import make_tool
from tests.waiting import GIVE_UP_AFTER
from tools.models import Tool
from votes import tally
from votes.actions import cast_vote, release_votes, void_votes, withdraw_vote
from votes.models import Vote

NETWORK = "192.0.2.1"
# On a slow machine readers and staff go on after their time, until each has done so much.
ENOUGH_VOTES, ENOUGH_ACTIONS = 20, 4


def side_by_side(work, items):
    """Call `work(item)` for all items at the same moment, on a connection each; return the results."""
    connection.close()  # the pool is as large as the largest crowd
    start, results = Barrier(len(items), timeout=GIVE_UP_AFTER), [None] * len(items)

    def run(place, item):
        with connection.cursor():  # connected before the start
            start.wait()
        try:
            results[place] = work(item)
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(items)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def make_tools(count):
    slugs = [f"tool-{uuid4().hex[:12]}" for _ in range(count)]
    return [make_tool(name=slug, slug=slug).pk for slug in slugs]


def make_readers(count):
    return [Reader.objects.create(network=b"").pk.hex for _ in range(count)]


def cast_the_same(reader, tool, times):
    """One reader presses the same button `times` times at once."""
    tool = Tool.objects.get(pk=tool)
    networks = networks_of(NETWORK)

    def cast(_):
        vote, *_ = cast_vote(reader_id=reader, slug=tool.slug, choice="ship", networks=networks)
        return [vote.pk, vote.state]

    return side_by_side(cast, range(times))


def take_at_once(buckets, times):
    """How often each of `times` simultaneous takers found all `buckets` filled."""
    asked = [Bucket(*bucket) for bucket in buckets]
    orders = [asked, asked[::-1]]  # another order must not deadlock
    return side_by_side(lambda n: not consume(orders[n % 2]), range(times)).count(True)


def count_at_once(name, times):
    return sorted(side_by_side(lambda _: increment(name), range(times)))


def increment(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT (accounts_increment(ARRAY[%s]))[1]", [name])
        return int(cursor.fetchone()[0])


def vote_at_random(readers, tools, seconds, seed):
    """Vote at random; return the last answer of each reader, and the errors.

    What a reader knows of a vote is the list of what may be stored: one choice ("" is none) after an
    answer, and one more after each request that got no answer.
    """
    tools = list(Tool.objects.filter(pk__in=tools).order_by("pk"))
    end = time.monotonic() + seconds
    sessions = side_by_side(lambda reader: _session(reader, tools, end, seed), readers)
    return {
        "known": {reader: session[0] for reader, session in zip(readers, sessions, strict=True)},
        "answered": sum(session[1] for session in sessions),
        "errors": [error for session in sessions for error in session[2]],
    }


def _session(reader, tools, end, seed):
    dice = random.Random(f"{seed} {reader}")
    known, answered, errors = {tool.pk: [""] for tool in tools}, 0, []
    networks = [Network(reader.encode()[:16])]  # one for each reader; the database may be away
    while time.monotonic() < end or answered < ENOUGH_VOTES:
        tool, choice = dice.choice(tools), dice.choice(["ship", "skip", "skip", ""])
        try:
            if choice:
                cast_vote(reader_id=reader, slug=tool.slug, choice=choice, networks=networks)
            else:
                withdraw_vote(reader_id=reader, slug=tool.slug, networks=networks)
            known[tool.pk] = [choice]
            answered += 1
        except DatabaseError as error:
            known[tool.pk].append(choice)
            errors.append(f"{type(error).__name__}: {error}".splitlines()[0])
        connection.close()  # as Django does after each request
    return known, answered, errors


def intervene(tools, seconds):
    """Staff who void and release the same tools' votes, and recount, without a pause."""
    staff = get_user_model().objects.get_or_create(username="staff")[0]
    tools = list(Tool.objects.filter(pk__in=tools))
    end = time.monotonic() + seconds
    jobs = [(void_votes, tool) for tool in tools] + [(release_votes, tool) for tool in tools]
    done = side_by_side(lambda job: _repeat(*job, staff, end), [*jobs, (None, None)])
    return {"done": sum(done)}


def _repeat(act, tool, staff, end):
    done = 0
    while time.monotonic() < end or done < ENOUGH_ACTIONS:
        if act is None:
            tally.recount()
        else:
            votes = Vote.objects.filter(pk__in=list(Vote.objects.values_list("pk", flat=True)[::3]))
            act(staff=staff, tool=tool, votes=votes, reason="A drill.")
        done += 1
        connection.close()
    return done


def main():
    plans = [
        make_tools,
        make_readers,
        cast_the_same,
        take_at_once,
        count_at_once,
        vote_at_random,
        intervene,
    ]
    plan = {plan.__name__: plan for plan in plans}[sys.argv[1]]
    json.dump(plan(**json.loads(sys.argv[2])), sys.stdout)
