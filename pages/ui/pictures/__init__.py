"""The topics of the page "On pictures", one at a time."""
