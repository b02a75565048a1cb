"""The border with a spreadsheet: ranges to panels, results to spills."""
