"""The topics of the page Whitening, one at a time."""
