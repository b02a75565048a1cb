"""LibreOffice Calc: an add-in that computes ``=LC.GTFP(...)`` live, and what installs it.

LibreOffice brings its own Python, without NumPy. So the add-in (`in_calc`, standard library only) reads cells and
hands every call to a worker process of the Python in which this package is installed (`worker`), over two pipes.
"""
