"""The page of the try-out: its routes, its files, and a real browser that uses it."""
