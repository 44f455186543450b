"""The steps of the history, in order. A released one never changes."""
