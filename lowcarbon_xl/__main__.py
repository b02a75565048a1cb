"""``python -m lowcarbon_xl`` is the command ``lowcarbon``."""

import sys

from lowcarbon_xl.cli import main

sys.exit(main())
