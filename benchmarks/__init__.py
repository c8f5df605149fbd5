"""The claims of the README, each measured beside a peer in the same run."""
