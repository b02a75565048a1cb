"""What each command of the command line does; `cli` parses and calls them."""

OK, FAILED, UNUSABLE, ERROR_VALUE = 0, 1, 2, 3
"""Exit codes: all well; some cells failed or the audit found errors; input unusable; the formula gave an error value."""
