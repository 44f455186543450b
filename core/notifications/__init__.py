"""Who is told what, on which channel: from an event to deliveries, by preference and reachability, bursts together (NOTE-1 to NOTE-4).

Not here: the sending (deliveries) and the wording on a channel (bot, mailbridge).
"""
