"""A whole bot of python-telegram-bot's at the sandbox, unchanged, with its own polling."""

from __future__ import annotations

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes

from bot.sandbox import Sandbox, SandboxClient
from tests.bot.sandbox.oracles import Oracle

KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Order", callback_data="o1")]])


async def greet(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer /start."""
    assert update.message is not None
    seat = (context.args or ["nowhere"])[0]
    await update.message.reply_html(f"<b>Welcome</b> to {seat}", reply_markup=KEYS)


async def order(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a tap."""
    assert update.callback_query is not None
    await update.callback_query.answer("Placed")
    await update.callback_query.edit_message_text("Tea is on its way")


async def test_a_conversation_from_scan_to_order(sandbox: Sandbox, client: SandboxClient) -> None:
    oracle = Oracle.watch(sandbox)
    base, files = f"{sandbox.url}/bot", f"{sandbox.url}/file/bot"
    token = sandbox.settings.bot_token
    application = Application.builder().token(token).base_url(base).base_file_url(files).build()
    application.add_handlers([CommandHandler("start", greet), CallbackQueryHandler(order)])
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling()
        ann = await client.person("Ann")
        await client.start(ann, "seat_A12")
        assert (await client.wait_text(ann, "Welcome")).text == "Welcome to seat_A12"
        tapped = await client.tap(ann, "Order")
        assert (await client.wait_toast(tapped)).text == "Placed"
        assert (await client.wait_text(ann, "Tea")).kind == "edited"
        await application.updater.stop()
        await application.stop()
    assert await client.pending_updates() == []
    oracle.assert_satisfied()
