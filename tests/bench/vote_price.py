"""What votes cost an attacker by the settings in force, measured with the site's own actions, beside /voting/.

Everything is rolled back: bin/manage shell < tests/bench/vote_price.py
"""

from django.db import transaction

from tests.factories import make_tool
from tests.votes.attack import counted_votes, ipv4_networks, ipv6_networks
from votes.price import Attacker, attackers


def main():
    one, provider, *_ = attackers()
    rows = [
        (one, ipv4_networks(1)),
        (provider, ipv6_networks(4 * provider.networks)),
        *((Attacker(f"{count} × IPv4 /24", count), ipv4_networks(count)) for count in (20, 200)),
    ]
    print(f"{'networks':34}{'per day':>9}{'measured':>9}")
    for attacker, networks in rows:
        with transaction.atomic():
            measured = counted_votes(make_tool(slug="price-of-a-vote"), networks)
            transaction.set_rollback(True)
        print(f"{attacker.name:34}{attacker.votes_per_day:9}{measured:9}")


main()
