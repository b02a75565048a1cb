"""Real files as they lie on a statistician's disk, read into blocks of cells with their true addresses."""
