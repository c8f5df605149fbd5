"""Waiting for what other threads do."""

import time

PATIENCE = 20.0  # seconds


def wait_for(true) -> None:
    """Return once it is true; fail where that takes too long."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until
        time.sleep(0.002)
