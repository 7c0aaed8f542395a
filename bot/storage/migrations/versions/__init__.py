"""One file per released step, oldest first by number."""
