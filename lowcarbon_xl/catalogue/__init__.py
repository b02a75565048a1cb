"""Every worksheet function and ribbon button, declared once: names, help, arguments, spills, icons.

Hosts, the manual, the README's table and the lint of names read it from here. The declarations fill it when
`lowcarbon_xl.functions` and `lowcarbon_xl.ribbon` are imported.
"""

from lowcarbon_xl.catalogue.button import CHAPTER_TITLES, Button, Chapter, buttons, ribbon_button
from lowcarbon_xl.catalogue.function import (
    GROUP_TITLES,
    OPTIONS,
    PANEL,
    WIZARD_LIMIT,
    Argument,
    Argument_,
    Function,
    Group,
    Kind,
    Shape,
    functions,
    no_options,
    worksheet_function,
)

__all__ = [
    "CHAPTER_TITLES",
    "GROUP_TITLES",
    "OPTIONS",
    "PANEL",
    "WIZARD_LIMIT",
    "Argument",
    "Argument_",
    "Button",
    "Chapter",
    "Function",
    "Group",
    "Kind",
    "Shape",
    "buttons",
    "functions",
    "no_options",
    "ribbon_button",
    "worksheet_function",
]
