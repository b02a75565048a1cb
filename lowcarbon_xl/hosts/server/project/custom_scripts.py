"""xlwings-server imports this module by its name; buttons run through an endpoint of their own."""
