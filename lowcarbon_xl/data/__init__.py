"""Tables that ship with the package; every row names its source."""
