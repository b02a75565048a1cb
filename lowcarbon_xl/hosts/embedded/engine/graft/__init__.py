"""What a macro changed, grafted into the file that the workbook was read from; everything else stays byte for byte.

openpyxl knows a part of what a workbook holds and writes that part anew. So it is asked what it knows just after
reading and again before saving: only the differences are put into the original parts, cell by cell and element by
element. What openpyxl does not know (pivot tables, slicers, controls, sparklines, threaded comments, rich text ...) is
never rewritten and cannot be lost.
"""
