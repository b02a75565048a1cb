"""No Excel: formualizer evaluates, values go into the original package, an xlwings engine stands over openpyxl."""
