"""Deliveries: messages on their way to one address. A row in the caller's transaction; claimed, sent and settled by workers.

Holds the limits of Telegram over all processes, the lanes, the back-off and the wake-up. Not here: how a channel speaks
(the channels give a `Sender`), nor who is told what (notifications).
"""
