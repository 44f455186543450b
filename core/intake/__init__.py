"""What came in, kept raw, handled once, in order per sender, never stuck.

Not here: what an update or a mail means (bot, mailbridge give a `Handler`).
"""
