"""A year of reporting from opening to print, measured: see README.md beside this file.

Usage: .venv/bin/python -m benchmarks.reporting 300 1200 2400 --years 5
"""

from __future__ import annotations

import argparse
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ["DEBUG"] = "false"  # which would keep a copy of every statement
os.environ["DEMO_MODE"] = "true"  # people of the data set need no second factor
django.setup()

from django.core.management import call_command  # noqa: E402 -- after setup
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.reporting import cycles, dataset, market, pages  # noqa: E402
from benchmarks.reporting.measure import Meter, report  # noqa: E402
from core.access import SYSTEM  # noqa: E402
from reporting.catalogue import declared_schemes  # noqa: E402
from reporting.services.evaluation_schemes import load_schemes  # noqa: E402

LAST_YEAR = 2025


def measure(count: int, years: int, seed: int, *, with_pages: bool, offers: int) -> None:
    """One size, on tables that are empty but for the code lists and definitions."""
    meter = Meter()
    listed = list(range(LAST_YEAR - years + 1, LAST_YEAR + 1))
    print(f"\n{count} platforms, {years} years; load {os.getloadavg()[0]:.1f} at the start")
    with meter.stage("(data set, generated)"):
        made = dataset.make(count, years=listed, seed=seed)
    for year in listed:
        which = ", last year" if year == LAST_YEAR else ", earlier years"
        is_read = year >= LAST_YEAR - 1  # the development report compares two years
        cycle = cycles.report_year(meter, year, which=which, is_archived=is_read)
    made |= cycles.last_year(meter, cycle)
    cycles.peers(meter, cycle)
    print(report(meter, cycles.PEERS))
    print(", ".join(f"{number} {name}" for name, number in made.items()))
    print(f"load {os.getloadavg()[0]:.1f} at the end", flush=True)
    if with_pages:
        pages.prepare(LAST_YEAR + 1)
        market.make(offers)
        pages.measure([*pages.addresses(), *(market.addresses() if offers else ())])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--pages", action="store_true", help="time the pages too")
    parser.add_argument(
        "--offers",
        type=int,
        default=0,
        metavar="N",
        help="N capabilities and N open demands more, found by words, and the pages that list them",
    )
    parser.add_argument("--keep", action="store_true", help="leave the last database")
    options = parser.parse_args()
    name = connection.settings_dict["NAME"]
    for size in options.sizes:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            call_command("load_code_lists", verbosity=0)
            call_command("load_indicators", verbosity=0)
            load_schemes(actor=SYSTEM, definitions=declared_schemes(), now=timezone.now())
            measure(size, options.years, options.seed, with_pages=options.pages,
                    offers=options.offers)  # fmt: skip
        finally:
            if not (options.keep and size == options.sizes[-1]):
                connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
