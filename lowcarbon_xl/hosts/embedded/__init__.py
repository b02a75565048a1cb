"""No Excel: formulas evaluated by formualizer, values written into the original package, an xlwings engine over openpyxl."""
