"""Whole stories, through the front doors: the product runs as a process of its own in the sandbox's world."""
