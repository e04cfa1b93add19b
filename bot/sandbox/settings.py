"""What a sandbox can be told before it starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Telegram's figures by default; `speed` shortens every waiting time by that factor."""

    bot_token: str = "7000000001:SANDBOX-TOKEN"
    bot_username: str = "seatside_bot"
    bot_first_name: str = "Seatside"
    provider_token: str = "SANDBOX:TEST:4242"
    provider_key: str = "sk_test_sandbox"
    link_base: str = ""  # empty: the sandbox's own chat page
    speed: float = 1.0
    callback_life_seconds: float = 15.0
    pre_checkout_seconds: float = 10.0
    message_update_life_seconds: float = 86_400.0
    query_update_life_seconds: float = 150.0
    webhook_delay_cap_seconds: float = 60.0
    webhook_answer_seconds: float = 60.0
    flood_limits: bool = True
    chat_burst: int = 5
    chat_per_second: float = 1.0
    group_per_minute: int = 20
    overall_per_second: int = 30
    privacy_mode: bool = True
    first_update_id: int = 518_000_001

    @property
    def bot_id(self) -> int:
        """Telegram puts the bot's id before the colon of its token."""
        return int(self.bot_token.partition(":")[0])

    def real(self, seconds: float) -> float:
        """Return how long *seconds* of Telegram's time last on this sandbox's clock."""
        return seconds / self.speed
