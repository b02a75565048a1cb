"""The part of the add-in that runs inside LibreOffice: standard library and UNO only, Python 3.8 or later.

It knows nothing of this package; it reads cells, asks the worker and writes cells. In the extension it is called
``lowcarbon_calc``.
"""
