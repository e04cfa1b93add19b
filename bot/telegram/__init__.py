"""Between Telegram's HTTP and our handlers: updates in, messages and answers out.

`intake` stores updates before it acknowledges them, and `arrivals` says what they mean. `relay` brings
the outbox to the chats at the `pace` that Telegram allows, and `answers` reach those who wait with the
screen in hand. `request` is how python-telegram-bot calls.
"""
