"""Topics of the page "Smooth or not", one a file."""
