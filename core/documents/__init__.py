"""Documents: files that stand in a dossier on a shelf, published by the office or supplied by a person.

Not here: the bytes (files), the messages that carry them.
"""
