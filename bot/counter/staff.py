"""The merchant's staff in the chat: who they are, links to join, roles by buttons, and their deeds."""

from __future__ import annotations

from collections.abc import Sequence

from bot.buttons import AppointMember, EndMember, MakeInvite, ShowMember, ShowStaff
from bot.counter.cards import merchant_here
from bot.desk import Desk
from bot.locales import Locale, Markup
from bot.outbox import refresh
from bot.pages import Key, Keyboard, Look, Page
from core.errors import NotAllowed, OutOfDate
from core.merchant import Merchant, find_merchant
from core.ports import Books
from core.staff import (
    ChangeMember,
    InviteStaff,
    JoinStaff,
    Member,
    MerchantDeed,
    Right,
    Role,
    change_member,
    invite_staff,
    join_staff,
    latest_deeds,
    require,
    staff_of,
)
from core.station import merchant_at

LATEST = 10
STAFF = "staff"


async def on_staff_here(desk: Desk, argument: str) -> None:
    """`/staff` in the merchant's group."""
    await show_staff(desk, await merchant_here(desk), anew=True)


async def on_show_staff(desk: Desk, tap: ShowStaff) -> None:
    await show_staff(desk, await _merchant(desk, tap.merchant))


async def on_show_member(desk: Desk, tap: ShowMember) -> None:
    """Show one of the staff, with the roles that they could have."""
    member = await _member(desk, tap.member)
    await _show(desk, member.merchant_id, member_page(await desk.readers(), member))


async def on_appoint_member(desk: Desk, tap: AppointMember) -> None:
    """Give somebody another role; it counts from their next tap on."""
    member = await _member(desk, tap.member)
    await desk.run(change_member, ChangeMember(member.id, tap.role, desk.doer))
    desk.toast = desk.locale.plain("staff-changed-toast", name=member.name)
    await show_staff(desk, await find_merchant(desk.books, member.merchant_id))


async def on_end_member(desk: Desk, tap: EndMember) -> None:
    """Take somebody off the list."""
    member = await _member(desk, tap.member)
    await desk.run(change_member, ChangeMember(member.id, None, desk.doer))
    desk.toast = desk.locale.plain("staff-ended-toast", name=member.name)
    await show_staff(desk, await find_merchant(desk.books, member.merchant_id))


async def on_make_invite(desk: Desk, tap: MakeInvite) -> None:
    """Make a link by which one person joins."""
    merchant = await _merchant(desk, tap.merchant)
    code = await desk.run(invite_staff, InviteStaff(merchant.id, tap.role, desk.doer))
    locale = await desk.readers()
    text = locale.say("staff-invite", merchant=merchant.name, role=_role(locale, tap.role))
    await desk.say(Page(text, [[Key(locale.plain("button-join"), url=desk.house.join_link(code))]]))


async def join(desk: Desk, code: str) -> None:
    """Join a merchant's staff by the link that was opened."""
    member_id = await desk.run(join_staff, JoinStaff(code, desk.peer.id, desk.peer.name))
    member = await desk.books.get(Member, member_id)
    assert member is not None
    merchant = await find_merchant(desk.books, member.merchant_id)
    role = _role(desk.locale, member.role)
    await desk.say(Page(desk.locale.say("staff-joined", merchant=merchant.name, role=role)))


async def show_staff(desk: Desk, merchant: Merchant, *, anew: bool = False) -> None:
    """Show who works for the merchant, to whoever may see it."""
    if not desk.is_admin:
        await require(desk.books, merchant.id, desk.doer, Right.STAFF)
    page = await list_of(desk.books, await desk.readers(), merchant)
    await _show(desk, merchant.id, page, anew=anew)


async def refresh_staff(books: Books, locale: Locale, merchant: Merchant, chat_id: int) -> None:
    """Bring the list up to date where it stands in a chat."""
    await refresh(books, chat_id, _subject(merchant.id), await list_of(books, locale, merchant))


async def list_of(books: Books, locale: Locale, merchant: Merchant) -> Page:
    """Return who works for a merchant now."""
    deeds = await latest_deeds(books, merchant.id, LATEST)
    return staff_page(locale, merchant, await staff_of(books, merchant.id), deeds)


def staff_page(
    locale: Locale, merchant: Merchant, staff: Sequence[Member], deeds: Sequence[MerchantDeed]
) -> Page:
    """Return who works for a merchant, what they did last, and a link for each role."""
    word = "staff-title" if staff else "staff-nobody"
    rows: list[str] = [locale.say(word, merchant=merchant.name)]
    if deeds:
        rows += ["", *(deed_row(locale, deed) for deed in deeds)]
    keys = Keyboard()
    for member in staff:
        label = locale.plain("staff-member", name=member.name, role=_role(locale, member.role))
        keys.row(Key(label, ShowMember(member.id)))
    invites = [
        Key(locale.plain("button-invite", role=_role(locale, role)), MakeInvite(merchant.id, role))
        for role in (Role if staff else (Role.OWNER,))
    ]
    for place in range(0, len(invites), 2):
        keys.row(*invites[place : place + 2])
    return Page("\n".join(rows), keys.rows, quiet=True, name=STAFF)


def member_page(locale: Locale, member: Member) -> Page:
    """Return one of the staff with the roles that they could have."""
    keys = Keyboard()
    others = [role for role in Role if role is not member.role]
    keys.row(*(Key(locale.plain(f"role-{role}"), AppointMember(member.id, role)) for role in others))
    keys.row(Key(locale.plain("button-end-member"), EndMember(member.id), look=Look.DANGER))
    keys.row(Key(locale.plain("button-back"), ShowStaff(member.merchant_id)))
    text = locale.say("staff-one", name=member.name, role=_role(locale, member.role), since=member.joined_at)
    return Page(text, keys.rows, quiet=True)


def changed_page(locale: Locale, member: Member) -> Page:
    """Return what the group reads when somebody joined, changed their role or left the staff."""
    word = "staff-told" if member.ended_at is None else "staff-told-ended"
    return Page(locale.say(word, name=member.name, role=_role(locale, member.role)), quiet=True)


def deed_row(locale: Locale, deed: MerchantDeed) -> str:
    """Return who did what, as HTML."""
    about = _role(locale, deed.about) if deed.about in [*Role] else deed.about
    what = Markup(locale.say(f"merchant-deed-{deed.action}", about=about))
    return locale.say("deed-row", time=locale.time(deed.done_at), by=deed.by_name, what=what)


async def _merchant(desk: Desk, merchant_id: int) -> Merchant:
    """Return the merchant if it is the group's, or an admin asks in private; else refuse."""
    merchant = await find_merchant(desk.books, merchant_id)
    here = await merchant_at(desk.books, desk.place.chat_id)
    if merchant != here and not (desk.place.is_private and desk.is_admin):
        raise NotAllowed
    return merchant


async def _member(desk: Desk, member_id: int) -> Member:
    """Return one of the staff, to whoever may change it here, or refuse."""
    member = await desk.books.get(Member, member_id)
    if member is None or member.ended_at is not None:
        raise OutOfDate
    await _merchant(desk, member.merchant_id)
    await require(desk.books, member.merchant_id, desk.doer, Right.STAFF)
    return member


async def _show(desk: Desk, merchant_id: int, page: Page, *, anew: bool = False) -> None:
    await desk.show_here(_subject(merchant_id), page, follows=anew)


def _subject(merchant_id: int) -> str:
    return f"staff:{merchant_id}"


def _role(locale: Locale, role: str) -> str:
    return locale.plain(f"role-{role}")
