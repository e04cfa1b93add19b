"""What merchants print and stick to their seats."""

from __future__ import annotations

import io
import pickle
import re
import struct
import zipfile
from collections.abc import Callable

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.seat_codes import CARDS_PER_PAGE, SeatCode, draw_picture, pack_pictures, print_sheet
from tests.thorough import examples

LINK = "https://t.me/seatside_bot?start=s_AbCdEf0123456789"


def make_codes(*labels: str) -> list[SeatCode]:
    return [SeatCode(label, f"{LINK}{number}") for number, label in enumerate(labels)]


def read_size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def count_pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


@pytest.mark.parametrize("link", ["https://t.me/b?start=x", LINK, LINK + "x" * 500])
def test_a_picture_is_square_and_about_600_pixels_wide(link: str) -> None:
    png = draw_picture(link)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = read_size(png)
    assert width == height
    assert 500 <= width <= 600


def test_a_picture_keeps_the_quiet_zone_that_scanners_need() -> None:
    modules = segno.make_qr(LINK, error="m").symbol_size(border=0)[0]
    assert read_size(draw_picture(LINK))[0] % (modules + 8) == 0


@pytest.mark.parametrize(
    ("seats", "pages"), [(1, 1), (CARDS_PER_PAGE, 1), (CARDS_PER_PAGE + 1, 2), (5 * CARDS_PER_PAGE, 5)]
)
def test_a_sheet_has_as_many_pages_as_its_cards_need(seats: int, pages: int) -> None:
    pdf = print_sheet("Café Zürich", make_codes(*(f"A{number}" for number in range(seats))))
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert count_pages(pdf) == pages


def test_the_same_seats_make_the_same_bytes() -> None:
    codes = make_codes("A1", "包间 3")
    assert print_sheet("网咖", codes) == print_sheet("网咖", codes)
    assert pack_pictures(codes) == pack_pictures(codes)


def test_a_zip_has_a_picture_per_seat_under_its_label() -> None:
    codes = make_codes("A1", "包间 3", "Terrace/left", "a1", "../..", "🎱")
    with zipfile.ZipFile(io.BytesIO(pack_pictures(codes))) as archive:
        assert archive.namelist() == [
            "A1.png",
            "包间-3.png",
            "Terrace-left.png",
            "a1-2.png",
            "seat.png",
            "seat-2.png",
        ]
        assert archive.testzip() is None
        assert archive.read("A1.png") == draw_picture(codes[0].link)


@given(merchant=st.text(max_size=300), label=st.text(max_size=300))
@settings(max_examples=examples(25), deadline=None)
def test_any_name_and_label_can_be_printed(merchant: str, label: str) -> None:
    codes = [SeatCode(label, LINK)]
    assert count_pages(print_sheet(merchant, codes)) == 1
    assert zipfile.ZipFile(io.BytesIO(pack_pictures(codes))).namelist()


@pytest.mark.parametrize("work", [draw_picture, pack_pictures, print_sheet])
def test_the_work_can_be_handed_to_another_process(work: Callable[..., bytes]) -> None:
    assert pickle.loads(pickle.dumps((work, make_codes("A1")))) == (work, make_codes("A1"))
