"""The worksheet functions: range in, one domain call, spill out."""
