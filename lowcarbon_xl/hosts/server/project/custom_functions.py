"""xlwings-server imports this module by its name and offers the functions it finds: those of the catalogue."""

from lowcarbon_xl.hosts.server.udfs import custom_functions

globals().update(custom_functions())
