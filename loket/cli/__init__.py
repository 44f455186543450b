"""The command line `loket`: one file a subject, each command a thin edge around core's verbs.

Every listing takes `--json`. What a rule refuses is said in one sentence on standard error, with exit code 1.
"""
