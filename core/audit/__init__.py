"""The append-only log of what was done to personal data and of every security event, chained by hash (OPS-2).

Not here: the operator's log (structlog), which never holds personal data.
"""
