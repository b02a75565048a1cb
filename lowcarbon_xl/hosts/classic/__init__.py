"""Excel for Windows: the add-in (VBA, ribbon), the Python side of its calls, installing it and diagnosing it."""
