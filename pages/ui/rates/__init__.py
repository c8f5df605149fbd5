"""Topics of the page "Learning rates", one a file."""
