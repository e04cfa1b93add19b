"""How fast the bot may speak, against a judge who counts everything in every window."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.pace import MINUTE, Limits, Pace

START = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)
LIMITS = Limits(chat_per_second=1, chat_burst=3, group_per_minute=20, bot_per_second=30)
ANN, BAR = 7, -100


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def ready_at(pace: Pace, chat_id: int, now: datetime) -> datetime:
    return max(pace.ready_at(now), pace.hushed(now).get(chat_id, now))


def send(pace: Pace, chat_id: int, now: datetime, took: timedelta = timedelta(0)) -> datetime:
    """Send as soon as the pace allows; return the end of the call."""
    while (ready := ready_at(pace, chat_id, now)) > now:
        now = ready
    pace.start()
    pace.end(chat_id, now + took)
    return now + took


def most_within(moments: list[datetime], span: timedelta) -> int:
    return max(sum(start <= each < start + span for each in moments) for start in moments)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([ANN, 8, BAR, -200]),
            st.floats(0, 30, allow_nan=False),
            st.floats(0, 2, allow_nan=False),
        ),
        min_size=1,
        max_size=80,
    )
)
def test_no_window_ever_holds_more_than_its_limit(asked: list[tuple[int, float, float]]) -> None:
    pace, now = Pace(LIMITS), START
    arrived: dict[int, list[datetime]] = defaultdict(list)
    for chat_id, pause, took in asked:
        now = send(pace, chat_id, now + seconds(pause * took), seconds(took))
        arrived[chat_id].append(now)
    for chat_id, moments in arrived.items():
        for span in (0.5, 1, 2, 5, 20):
            assert most_within(moments, seconds(span)) <= 3 + span
        assert chat_id > 0 or most_within(moments, MINUTE) <= 20
    assert most_within([each for moments in arrived.values() for each in moments], seconds(1)) <= 30


@given(
    st.lists(st.tuples(st.sampled_from([ANN, BAR]), st.floats(0, 5, allow_nan=False)), max_size=60),
    st.floats(-3600, 3600, allow_nan=False),
)
def test_nobody_waits_longer_than_a_window_even_if_the_clock_is_set_back(
    sent: list[tuple[int, float]], step: float
) -> None:
    pace, now = Pace(LIMITS), START
    for chat_id, pause in sent:
        now += seconds(pause)
        pace.note(chat_id, now)
    now += seconds(step)
    assert ready_at(pace, ANN, now) <= now + seconds(1)
    assert ready_at(pace, BAR, now) <= now + MINUTE


def test_a_chat_takes_a_small_burst_and_then_one_a_second() -> None:
    pace = Pace(LIMITS)
    for _ in range(3):
        assert ready_at(pace, ANN, START) == START
        pace.note(ANN, START)
    assert ready_at(pace, ANN, START) == START + seconds(1)
    assert ready_at(pace, 8, START) == START, "others are not held up"


def test_a_group_has_both_its_windows() -> None:
    pace, now, ends = Pace(LIMITS), START, []
    for _ in range(21):
        now = send(pace, BAR, now)
        ends.append(now)
    assert ends[2:5] == [START, START + seconds(1), START + seconds(2)]
    assert ends[20] == START + MINUTE


def test_what_is_on_its_way_counts() -> None:
    pace = Pace(LIMITS)
    for _ in range(30):
        assert pace.ready_at(START) == START
        pace.start()
    assert pace.ready_at(START) > START
    pace.end(ANN, START)
    assert pace.ready_at(START) == START + seconds(1)


def test_what_is_deleted_takes_no_place_of_what_is_said() -> None:
    pace = Pace(LIMITS)
    for _ in range(50):
        pace.start()
        pace.end(BAR, START, counts=False)
    assert ready_at(pace, BAR, START) == START


def test_less_than_one_a_second_is_kept_too() -> None:
    pace = Pace(Limits(chat_per_second=1, chat_burst=3, group_per_minute=20, bot_per_second=0.5))
    pace.note(ANN, START)
    assert pace.ready_at(START) == START + seconds(2)


def test_a_429_stops_its_chat_only_and_for_as_long_as_telegram_said() -> None:
    pace = Pace(LIMITS)
    pace.stop(BAR, START + seconds(40))
    assert pace.hushed(START) == {BAR: START + seconds(40)}
    assert pace.hushed(START + seconds(40)) == {}


def test_chats_that_were_quiet_for_long_are_forgotten() -> None:
    pace = Pace(LIMITS)
    for chat_id in range(-500, 500):
        pace.note(chat_id, START)
    pace.stop(5, START + seconds(1))
    pace.note(ANN, START + timedelta(hours=1))
    assert list(pace._paid_off) == [ANN]
    assert (pace._groups, pace._stopped) == ({}, {})
    assert len(pace._all) <= 30
