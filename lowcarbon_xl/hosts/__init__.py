"""The spreadsheets that our functions live in."""
