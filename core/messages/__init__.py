"""Messages between customers and the office, and the drafts that they grow from. Incoming and outgoing are seen from the customer.

Not here: how a reply is recognised on a channel (bot, mailbridge).
"""
