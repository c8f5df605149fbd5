"""`make bench`: prints one table, a row per claim."""

from benchmarks import accuracy, app, landscape, speed


def main() -> None:
    """Measure everything and print ours, the peer's and what the peer is."""
    print(f"{'claim':58} {'ours':>10} {'peer':>10}  peer")
    for part in (accuracy, speed, landscape, app):
        for claim, ours, peer, name in part.measure():
            print(f"{claim:58} {ours:>10.3g} {peer:>10.3g}  {name}", flush=True)


if __name__ == "__main__":
    main()
