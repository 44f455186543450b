"""Telegram: an update in, core's verbs called, screens out.

`receiving` and `webhook` store updates; `handler` handles one (fetch, handle, answer); `customer/` holds the subjects of a
customer's chat, `screens/` the pure functions that draw them, `sending` what core's deliveries say in Telegram. Not here: any
rule of the portal (core), and the database (only core's verbs are called).
"""
