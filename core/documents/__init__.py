"""Documents: files that stand in a dossier on a shelf, published by the office or supplied by a person; and the office's feed
(DOS-9), which fills everything up to documents.

Not here: the bytes (files), the messages that carry them.
"""
