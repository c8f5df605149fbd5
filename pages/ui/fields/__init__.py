"""Which parameters a link has: those that pages share, and those of each page."""
