"""The domain of Loket: everything that is true whichever channel a person uses.

Knows neither Telegram nor mail nor the command line. Verbs take the session first, may flush, never commit: a
transaction begins and ends at the edge. No network is touched inside one.
"""
