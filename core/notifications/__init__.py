"""Who is told what, on which channel: from an event to deliveries, by preference and reachability (NOTE-1, 2, 4).

Not here: the sending (deliveries) and the wording on a channel (bot, mailbridge).
"""
