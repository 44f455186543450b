"""The product as a whole: settings, wiring, run loops, HTTP, and the command line `loket`.

Not here: rules of the portal (core) and how a channel speaks (bot, mailbridge).
"""

__version__ = "0.1.0"
