"""What the ribbon's buttons do: ordinary functions over an xlwings Book, the same in every host.

Importing this package fills the catalogue's list of buttons; `press` runs one.
"""

from lowcarbon_xl.ribbon import (
    audit_buttons,
    export_button,
    export_tables,
    formula_buttons,
    help_buttons,
    import_button,
    ledger_button,
    pictures,
    plan_buttons,
    plan_template,
    stale_button,
    tiles,
    trace_button,
)
from lowcarbon_xl.ribbon.desk import book_language
from lowcarbon_xl.ribbon.press import press

__all__ = [
    "audit_buttons",
    "book_language",
    "export_button",
    "export_tables",
    "formula_buttons",
    "help_buttons",
    "import_button",
    "ledger_button",
    "pictures",
    "plan_buttons",
    "plan_template",
    "press",
    "stale_button",
    "tiles",
    "trace_button",
]
