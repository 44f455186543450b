"""The methods of the Bot API, one file a subject: a call in, the `result` of its answer out.

Functions are synchronous and whole; only getUpdates waits. How parameters travel, tokens and faults are not here but in
`http`; `registry` lists what exists.
"""
