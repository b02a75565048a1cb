"""Scripts that run in the Python of LibreOffice, connected to a running one; standard library and UNO only."""
