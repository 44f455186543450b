"""What a Telegram chat is in the middle of: the answer it is expected to type next, and its card.

Only a pointer: drafts, questionnaires and details live in their own rooms. Not here: who the chat belongs to (people).
"""
