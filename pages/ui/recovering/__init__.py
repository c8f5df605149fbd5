"""The topics of the page Recover, one at a time."""
