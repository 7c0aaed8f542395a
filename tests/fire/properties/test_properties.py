"""Stories of residents, members, strangers and faults, made up by Hypothesis: whatever happens, some things hold.

`FIRE_EXAMPLES=200 FIRE_STEPS=60` for more of them and longer ones, `FIRE_SEED` for those of an earlier run: it is printed.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fire.properties.machine import Stories

EXAMPLES, STEPS = int(os.environ.get("FIRE_EXAMPLES", "0")), int(os.environ.get("FIRE_STEPS", "40"))


@pytest.mark.parametrize("examples", [4, pytest.param(30, marks=pytest.mark.slow)])
def test_whatever_people_do_some_things_hold(examples: int) -> None:
    """B3, B4, B43, B50, B52, B58, B71, B86, B106."""
    number = int(os.environ.get("FIRE_SEED", "0")) or random.randrange(10**6)
    print(f"FIRE_SEED={number}")
    how = settings(
        max_examples=EXAMPLES or examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
        print_blob=False,
    )
    run_state_machine_as_test(seed(number)(Stories), settings=how)
