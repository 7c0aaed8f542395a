"""`python -m bench [name ...] [--quick]`: measure, print the table, keep it in bench/results/."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from bench.rows import MEASURES
from bench.table import Row, document, markdown

RESULTS = Path(__file__).parent / "results"
SECONDS = 600.0
"""The longest that one measure may take."""


async def run(names: list[str], *, quick: bool) -> tuple[list[Row], list[str]]:
    """Take the measures one after the other, and say how each went as soon as it is known; return also which of them failed."""
    rows: list[Row] = []
    failed: list[str] = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            async with asyncio.timeout(SECONDS):
                found = await MEASURES[name](quick)
        except Exception as error:  # the half hour that the others took is not lost with it
            traceback.print_exc()
            found = [Row("–", name, None, note=f"not measured: {type(error).__name__}")]
            failed.append(name)
        rows += found
        print(markdown(found) + "\n", flush=True)
    return rows, failed


def main() -> None:
    """Read the arguments, measure, write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"what to measure: {', '.join(MEASURES)}; all if none")
    parser.add_argument("--quick", action="store_true", help="small counts and short times: to see that it works, not what it says")
    parser.add_argument(
        "--out", type=Path, help="where the table goes; a whole run that is not quick is kept in bench/results/ unless told otherwise"
    )
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in MEASURES]:
        parser.error(f"there is no measure named {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    began = time.monotonic()
    rows, failed = asyncio.run(run(given.names or list(MEASURES), quick=given.quick))
    page = document(rows, quick=given.quick, seconds=time.monotonic() - began)
    file: Path | None = given.out
    if file is None and not given.quick and not given.names:
        file = RESULTS / f"{datetime.now(UTC):%Y-%m-%d-%H%M}.md"
    if file is not None:
        file.write_text(page, encoding="utf-8")
    print(page)
    if failed:
        sys.exit(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
