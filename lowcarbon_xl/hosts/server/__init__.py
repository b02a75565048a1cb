"""xlwings Server: the catalogue as custom functions of Excel for Windows, Mac and the web (extra ``[server]``).

xlwings-server and ``xlwings.pro`` are licensed for noncommercial use or by a paid plan, so nothing of theirs is imported
before `serve` or `app.create` runs.
"""
