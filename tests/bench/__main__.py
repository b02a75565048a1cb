"""``make bench``: run every bench in a process of its own; one line of JSON each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run all; the exit code is that of the first that failed."""
    codes = [
        subprocess.run([sys.executable, str(path)], check=False).returncode
        for path in sorted(Path(__file__).parent.glob("bench_*.py"))
    ]
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
