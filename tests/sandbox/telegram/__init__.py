"""The sandbox's Telegram, asked as a bot asks: raw JSON by hand, and aiogram itself."""
