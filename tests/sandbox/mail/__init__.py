"""The sandbox's mail server, spoken to with real mail clients."""
