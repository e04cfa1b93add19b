"""A station has a place of its own, and its card holds its lines and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import AlreadyServed, CodeRefused, GroupTaken, StationRefused
from core.menu import Entry, LoadMenu, MenuItem, load_menu
from core.merchant import LinkCode, Merchant, NewLinkCode, NewMerchant, create_merchant, make_link_code
from core.order_goods import GoodsOrder, Line, LineState
from core.ports import Books
from core.serve import Action, Deed, Reason, ServeOrder, deeds_about, rare_choices, serve_order, version_of
from core.station import (
    MAIN,
    GroupLinked,
    GroupMoved,
    LinkGroup,
    MoveGroup,
    Station,
    StationPlaced,
    StationReach,
    cards_of,
    link_group,
    merchant_at,
    move_group,
    note_reach,
    open_cards,
    read_station,
)
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, BEA, CARL, GROUP, Evening, eur

KITCHEN_GROUP = -200
TOPIC = 7


@pytest.fixture
async def evening(evening: Evening) -> Evening:
    """Nuts come from the kitchen, Pils from nowhere in particular."""
    menu = (Entry("Beer", "Pils", eur(320)), Entry("Food", "Nuts", eur(250), station="kitchen"))
    await evening.once(load_menu, LoadMenu(BAR, menu, ("station",)))
    return evening


async def link(
    evening: Evening, station: str, group: int = KITCHEN_GROUP, thread: int = 0, merchant: int = BAR
) -> None:
    code = await evening.once(make_link_code, NewLinkCode(merchant))
    await evening.once(link_group, LinkGroup(code, group, BEA, station, thread))


async def kitchen(evening: Evening) -> Station:
    (found,) = await evening.find(Station, name="kitchen")
    return found


@pytest.fixture
async def order(evening: Evening) -> int:
    """Two Pils from the bar and nuts from the kitchen, which has a group of its own."""
    await link(evening, "kitchen")
    await evening.top_up(2000)
    await evening.put("Pils", 2)
    await evening.put("Nuts", 1)
    return await evening.place()


async def states(evening: Evening, order: int) -> dict[str, LineState]:
    return {line.name: line.state for line in await evening.find(Line, order_id=order)}


async def press(
    evening: Evening, order: int, station: int, version: int, action: Action, by: int = BEA
) -> int:
    name = {BEA: "Bea", CARL: "Carl"}[by]
    ask = ServeOrder(order, version, action, None, by, name, station_id=station)
    return await evening.once(serve_order, ask)


@given(
    names=st.lists(st.sampled_from(["", "bar", "kitchen", "grill"]), min_size=1, max_size=8),
    placed=st.sets(st.sampled_from(["bar", "kitchen", "grill"])),
)
def test_each_line_is_on_one_card_and_on_the_main_one_where_its_station_has_no_place(
    names: list[str], placed: set[str]
) -> None:
    stations = [Station(id_, BAR, name, -id_, 0, reached=True) for id_, name in enumerate(sorted(placed), 1)]
    lines = [a_line(id_, name) for id_, name in enumerate(names, 1)]
    cards = cards_of(lines, stations)
    assert sorted(line.id for card in cards.values() for line in card) == [line.id for line in lines]
    for station in stations:
        assert [line.station for line in cards.get(station.id, [])] == [station.name] * names.count(
            station.name
        )
    assert all(line.station not in placed for line in cards.get(MAIN, []))


def a_line(id_: int, station: str) -> Line:
    return Line(id_, 1, 1, 1, "Nuts", 1, eur(250), id_, LineState.PLACED, "", paid=False, station=station)


# Places


def test_a_station_is_called_by_a_short_word_however_it_is_typed() -> None:
    assert read_station("  Hot \n Kitchen") == "hot kitchen"
    assert read_station("厨房") == "厨房"
    assert read_station("") == ""
    assert (read_station("k" * 20), read_station("k" * 21)) == ("k" * 20, None)
    assert read_station("bar\x00") is None


async def test_a_code_with_a_word_gives_that_station_its_place_and_leaves_the_main_group(
    evening: Evening,
) -> None:
    await link(evening, "Kitchen")
    station = await kitchen(evening)
    assert (station.chat_id, station.thread_id, station.reached) == (KITCHEN_GROUP, 0, True)
    assert (await evening.get(Merchant, BAR)).group_id == GROUP


async def test_a_station_moves_to_where_it_is_linked_next(evening: Evening) -> None:
    await link(evening, "kitchen")
    first = await kitchen(evening)
    await link(evening, "kitchen", GROUP, TOPIC)
    station = await kitchen(evening)
    assert station == replace(first, chat_id=GROUP, thread_id=TOPIC)


async def test_a_place_is_one_stations_and_the_next_takes_it_over(evening: Evening) -> None:
    await link(evening, "kitchen")
    await link(evening, "bar")
    kitchen_, bar = await evening.find(Station)
    assert kitchen_ == Station(kitchen_.id, BAR, "kitchen", None, 0, reached=True)
    assert bar.chat_id == KITCHEN_GROUP
    assert evening.heard(StationPlaced) == [
        StationPlaced(kitchen_.id, None, 0), StationPlaced(kitchen_.id, KITCHEN_GROUP, 0),
        StationPlaced(bar.id, None, 0),
    ]  # fmt: skip


async def test_topics_of_one_group_are_places_of_their_own(evening: Evening) -> None:
    await link(evening, "kitchen", GROUP, TOPIC)
    await link(evening, "bar", GROUP, TOPIC + 1)
    assert {each.thread_id for each in await evening.find(Station)} == {TOPIC, TOPIC + 1}


async def test_in_the_main_group_itself_a_station_gives_its_place_up(evening: Evening, order: int) -> None:
    await link(evening, "kitchen", GROUP)
    station = await kitchen(evening)
    assert (station.chat_id, station.thread_id) == (None, 0)
    assert len(await evening.card(order)) == 2


async def test_a_stations_place_can_become_the_main_group(evening: Evening) -> None:
    await link(evening, "kitchen")
    await link(evening, "")
    assert (await evening.get(Merchant, BAR)).group_id == KITCHEN_GROUP
    station = await kitchen(evening)
    assert (station.chat_id, station.thread_id) == (None, 0)
    assert evening.heard(GroupLinked) == [GroupLinked(BAR)] * 2
    assert {code.used_by for code in await evening.find(LinkCode)} == {BEA}


async def test_what_is_no_name_of_a_station_uses_no_code_up(evening: Evening) -> None:
    code = await evening.once(make_link_code, NewLinkCode(BAR))
    with pytest.raises(StationRefused):
        await evening.once(link_group, LinkGroup(code, KITCHEN_GROUP, BEA, "k" * 21))
    await evening.once(link_group, LinkGroup(code, KITCHEN_GROUP, BEA, "kitchen"))
    with pytest.raises(CodeRefused):
        await evening.once(link_group, LinkGroup(code, -300, BEA, "kitchen"))


async def test_a_chat_belongs_to_one_merchant_as_main_group_or_as_a_stations_place(evening: Evening) -> None:
    red = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    await link(evening, "kitchen")
    for group, station in ((KITCHEN_GROUP, ""), (KITCHEN_GROUP, "grill"), (GROUP, "grill")):
        with pytest.raises(GroupTaken) as caught:
            await link(evening, station, group, TOPIC, merchant=red)
        assert caught.value.merchant == "Blue Bar"
    found = await evening.store.run(lambda books: merchant_at(books, KITCHEN_GROUP))
    assert found is not None
    assert found.id == BAR
    await link(evening, "kitchen", -300, merchant=red)
    assert [(each.merchant_id, each.chat_id) for each in await evening.find(Station, name="kitchen")] == [
        (BAR, KITCHEN_GROUP), (red, -300),
    ]  # fmt: skip


async def test_a_stations_group_that_got_a_new_number_takes_it_along(evening: Evening) -> None:
    await link(evening, "kitchen")
    await link(evening, "grill", -300)
    assert await evening.once(move_group, MoveGroup(KITCHEN_GROUP, -1000)) == 1
    assert {each.name: each.chat_id for each in await evening.find(Station)} == {
        "kitchen": -1000, "grill": -300,
    }  # fmt: skip
    assert evening.heard(GroupMoved) == [GroupMoved(BAR)]


# Cards


async def test_a_line_keeps_the_station_that_its_item_had_when_it_was_placed(
    evening: Evening, order: int
) -> None:
    (nuts,) = await evening.find(MenuItem, name="Nuts")
    await evening.store.run(lambda books: books.save(replace(nuts, station="grill")))
    assert [line.station for line in await evening.find(Line, order_id=order)] == ["", "kitchen"]


async def test_a_card_has_the_lines_of_its_station_and_the_main_one_has_the_rest(
    evening: Evening, order: int
) -> None:
    station = await kitchen(evening)
    assert [line.name for line in await evening.card(order)] == ["Pils"]
    assert [line.name for line in await evening.card(order, station.id)] == ["Nuts"]
    assert set(cards_of(await evening.find(Line, order_id=order), [])) == {MAIN}


async def test_what_a_station_has_to_do_is_what_is_open_on_its_card(evening: Evening, order: int) -> None:
    station, red = await kitchen(evening), await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))

    async def to_do(merchant: int = BAR) -> dict[int, list[tuple[int, list[str]]]]:
        open_ = await evening.store.run(lambda books: open_cards(books, merchant))
        return {
            id_: [(each.id, [line.name for line in lines]) for each, lines in cards]
            for id_, cards in open_.items()
        }

    await link(evening, "kitchen", -300, merchant=red)
    second = await evening.order(1, "Nuts")
    assert await to_do(red) == {}
    assert await to_do() == {MAIN: [(order, ["Pils"])], station.id: [(order, ["Nuts"]), (second, ["Nuts"])]}
    await evening.serve(order, Action.ACCEPT, Action.DELIVER)
    await evening.serve(second, Action.ACCEPT, Action.READY, station_id=station.id)
    assert await to_do() == {station.id: [(order, ["Nuts"]), (second, ["Nuts"])]}
    await evening.serve(order, Action.DECLINE, reason=Reason.TOO_BUSY, station_id=station.id)
    assert await to_do() == {station.id: [(second, ["Nuts"])]}
    await evening.serve(second, Action.DELIVER, station_id=station.id)
    assert await to_do() == {}


async def test_a_button_acts_on_the_lines_of_its_card_only(evening: Evening, order: int) -> None:
    station = await kitchen(evening)
    await evening.serve(order, Action.ACCEPT, Action.READY, Action.DELIVER, station_id=station.id)
    assert await states(evening, order) == {"Pils": LineState.PLACED, "Nuts": LineState.DELIVERED}
    await evening.serve(order, Action.DECLINE, reason=Reason.TOO_BUSY)
    assert await states(evening, order) == {"Pils": LineState.DECLINED, "Nuts": LineState.DELIVERED}
    assert not (await evening.get(GoodsOrder, order)).is_open


async def test_bar_and_kitchen_press_at_once_and_both_succeed_two_of_one_station_do_not(
    evening: Evening, order: int
) -> None:
    station = await kitchen(evening)
    versions = {id_: version_of(await evening.card(order, id_)) for id_ in (MAIN, station.id)}
    for id_, version in versions.items():
        await press(evening, order, id_, version, Action.ACCEPT, by=BEA)
    for id_, version in versions.items():
        with pytest.raises(AlreadyServed) as caught:
            await press(evening, order, id_, version, Action.ACCEPT, by=CARL)
        assert (caught.value.status, caught.value.by) == ("accepted", "Bea")
    assert set((await states(evening, order)).values()) == {LineState.ACCEPTED}


async def test_a_version_that_a_card_had_never_comes_back(evening: Evening, order: int) -> None:
    station = await kitchen(evening)
    seen: dict[int, list[int]] = {MAIN: [], station.id: []}
    for id_, action in (
        (MAIN, Action.ACCEPT),
        (station.id, Action.ACCEPT),
        (station.id, Action.PREPARE),
        (station.id, Action.MISS),
        (MAIN, Action.MISS),
        (MAIN, Action.READY),
        (station.id, Action.READY),
    ):
        seen[id_].append(version_of(await evening.card(order, id_)))
        await evening.serve(order, action, station_id=id_)
    for versions in seen.values():
        assert versions == sorted(set(versions))


async def test_lines_that_change_cards_make_the_buttons_of_both_out_of_date(
    evening: Evening, order: int
) -> None:
    station = await kitchen(evening)
    main = version_of(await evening.card(order))
    await lose(evening)
    assert len(await evening.card(order)) == 2
    with pytest.raises(AlreadyServed):  # its card showed the Pils only
        await press(evening, order, MAIN, main, Action.ACCEPT)
    both = version_of(await evening.card(order))
    await lose(evening, reached=True)
    for id_, version in ((MAIN, both), (station.id, both)):
        with pytest.raises(AlreadyServed):
            await press(evening, order, id_, version, Action.ACCEPT)
    assert set((await states(evening, order)).values()) == {LineState.PLACED}


async def test_only_open_orders_that_have_something_of_the_station_are_drawn_anew(evening: Evening) -> None:
    red = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    await evening.top_up(5000)
    plain, declined, open_ = [await evening.order(1, item) for item in ("Pils", "Nuts", "Nuts")]
    await evening.serve(declined, Action.DECLINE, reason=Reason.TOO_BUSY)

    async def versions() -> list[tuple[int, int]]:
        lines = {line.order_id: line.version for line in await evening.find(Line)}
        return [(order.version, lines[order.id]) for order in await evening.find(GoodsOrder)]

    before = await versions()
    await link(evening, "kitchen", -300, merchant=red)
    assert await versions() == before
    await link(evening, "kitchen")
    assert await versions() == [before[plain - 1], before[declined - 1], (2, 2)]
    assert before[open_ - 1] == (1, 1)


async def test_a_button_of_a_card_without_lines_changes_nothing(evening: Evening, order: int) -> None:
    with pytest.raises(AlreadyServed):
        await press(evening, order, 99, 1, Action.ACCEPT)


async def test_deeds_are_told_of_the_lines_that_they_were_done_to(evening: Evening, order: int) -> None:
    station = await kitchen(evening)
    await evening.serve(order, Action.ACCEPT, station_id=station.id)
    deeds = await evening.find(Deed)
    (nuts,) = await evening.card(order, station.id)
    assert [deed.line_id for deed in deeds] == [nuts.id]
    await evening.serve(order, Action.DELIVER, station_id=station.id)
    await evening.serve(order, Action.COMP, reason=Reason.QUALITY, station_id=station.id)
    assert [deed.line_id for deed in await evening.find(Deed)] == [nuts.id] * 3
    assert deeds_about(deeds, await evening.card(order)) == []


async def test_each_station_promises_for_itself_and_the_customer_waits_for_the_last(
    evening: Evening, order: int
) -> None:
    station = await kitchen(evening)
    for id_, minutes in ((station.id, 30), (MAIN, 5)):
        version = version_of(await evening.card(order, id_))
        ask = ServeOrder(order, version, Action.PROMISE, None, BEA, "Bea", minutes=minutes, station_id=id_)
        await evening.once(serve_order, ask)
    promised = {line.name: line.promised_at for line in await evening.find(Line, order_id=order)}
    assert promised == {"Pils": START + timedelta(minutes=5), "Nuts": START + timedelta(minutes=30)}
    assert (await evening.get(GoodsOrder, order)).promised_at == START + timedelta(minutes=30)
    await evening.serve(order, Action.DELIVER, station_id=station.id)
    assert (await evening.get(GoodsOrder, order)).promised_at == START + timedelta(minutes=5)


async def test_each_station_answers_a_wish_to_cancel_for_its_own_lines(evening: Evening, order: int) -> None:
    station = await kitchen(evening)
    for id_ in (MAIN, station.id):
        await evening.serve(order, Action.ACCEPT, station_id=id_)
    await evening.cancel(order)
    await evening.serve(order, Action.KEEP, station_id=station.id)
    assert Action.LET_GO not in rare_choices(await evening.card(order, station.id))
    assert (await evening.get(GoodsOrder, order)).cancel_asked
    await evening.serve(order, Action.LET_GO)
    assert await states(evening, order) == {"Pils": LineState.CANCELLED, "Nuts": LineState.ACCEPTED}
    assert not (await evening.get(GoodsOrder, order)).cancel_asked
    assert await evening.purse(ANN) == (2000, 1750)


async def test_what_one_station_does_not_answer_expires_and_the_rest_is_kept(
    evening: Evening, order: int
) -> None:
    station = await kitchen(evening)
    await evening.serve(order, Action.ACCEPT, station_id=station.id)
    await evening.expire(order)
    assert await states(evening, order) == {"Pils": LineState.EXPIRED, "Nuts": LineState.ACCEPTED}


# Nobody there


async def lose(evening: Evening, *, reached: bool = False, thread: int | None = None) -> list[object]:
    told: list[object] = []

    async def work(books: Books) -> None:
        await note_reach(books, KITCHEN_GROUP, thread, reached=reached)
        told.extend(books.told)

    await evening.store.run(work)
    return told


async def test_where_nobody_is_reached_the_lines_go_to_the_main_card_and_back_again(
    evening: Evening, order: int
) -> None:
    station = await kitchen(evening)
    assert await lose(evening) == [StationReach(station.id)]
    assert await lose(evening) == []
    assert [line.name for line in await evening.card(order)] == ["Pils", "Nuts"]
    assert await lose(evening, reached=True) == [StationReach(station.id)]
    assert [line.name for line in await evening.card(order)] == ["Pils"]


async def test_a_topic_is_lost_alone(evening: Evening) -> None:
    await link(evening, "kitchen", KITCHEN_GROUP, TOPIC)
    await link(evening, "bar", KITCHEN_GROUP, TOPIC + 1)
    await link(evening, "grill", -300, TOPIC)
    await lose(evening, thread=TOPIC)
    assert [each.name for each in await evening.find(Station, reached=True)] == ["bar", "grill"]
    await lose(evening)
    assert [each.name for each in await evening.find(Station, reached=True)] == ["grill"]


async def test_topics_of_a_main_group_that_is_lost_as_a_whole_stay_where_they_are(evening: Evening) -> None:
    await link(evening, "kitchen", GROUP, TOPIC)

    async def work(books: Books) -> None:
        await note_reach(books, GROUP, None, reached=False)

    await evening.store.run(work)
    assert (await kitchen(evening)).reached


async def test_a_station_that_is_linked_anew_is_reached_and_tells_where_it_was(
    evening: Evening, order: int, clock: Clock
) -> None:
    await lose(evening)
    code = await evening.once(make_link_code, NewLinkCode(BAR))
    told: list[object] = []

    async def work(books: Books) -> None:
        await books.once("again", link_group, LinkGroup(code, -300, BEA, "kitchen"))
        told.extend(books.told)

    await evening.store.run(work)
    station = await kitchen(evening)
    assert station.reached
    assert told == [StationPlaced(station.id, KITCHEN_GROUP, 0)]
