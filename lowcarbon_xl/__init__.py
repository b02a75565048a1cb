"""Low-carbon measurement and econometrics for provincial statisticians, inside their spreadsheet."""

__version__ = "0.1.0"
