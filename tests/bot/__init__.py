"""The bot, by its return values and through the front door: a phone of the sandbox on one side, what it shows on the other."""
