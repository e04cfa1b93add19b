"""Which handler answers what: the one table of commands, buttons and expected texts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot import (
    admin,
    binding,
    board,
    buttons,
    cart,
    check_out,
    choose_goods,
    counter,
    dispute,
    documents,
    open_account,
    order_goods,
    reconcile,
    refund,
    staff,
    stock,
    stray,
    substitute,
    top_up,
)
from bot.desk import Desk

Handler = Callable[[Desk, Any], Awaitable[None]]


class Who(StrEnum):
    """Who may give a command, and where."""

    CUSTOMER = "customer"
    STAFF = "staff"
    PEOPLE = "people"
    """Staff in their group, admins in their private chat."""
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Route:
    who: Who
    handler: Handler


COMMANDS: dict[tuple[Who, str], Handler] = {
    (Who.CUSTOMER, "start"): open_account.on_start,
    (Who.CUSTOMER, "order"): choose_goods.on_open_menu,
    (Who.CUSTOMER, "balance"): refund.on_show_balance,
    (Who.CUSTOMER, "topup"): top_up.on_choose_top_up,
    (Who.CUSTOMER, "checkout"): check_out.on_ask_to_leave,
    (Who.CUSTOMER, "history"): refund.on_show_history,
    (Who.CUSTOMER, "find"): documents.on_find,
    (Who.CUSTOMER, "language"): open_account.on_choose_language,
    (Who.CUSTOMER, "help"): documents.on_help,
    (Who.STAFF, "pause"): board.on_pause,
    (Who.STAFF, "resume"): board.on_resume,
    (Who.STAFF, "settings"): board.on_settings,
    (Who.STAFF, "staff"): staff.on_staff_here,
    (Who.STAFF, "link"): counter.on_link,
    (Who.STAFF, "menu"): stock.on_menu,
    (Who.STAFF, "today"): documents.on_today_here,
    (Who.STAFF, "find"): documents.on_find_here,
    (Who.STAFF, "language"): counter.on_group_language,
    (Who.STAFF, "help"): documents.on_help_here,
    (Who.ADMIN, "newmerchant"): admin.on_new_merchant,
    (Who.ADMIN, "merchants"): admin.on_merchants,
    (Who.ADMIN, "linkcode"): admin.on_link_code,
    (Who.ADMIN, "menu"): admin.on_menu_file,
    (Who.ADMIN, "staff"): admin.on_staff,
    (Who.ADMIN, "seats"): admin.on_seats,
    (Who.ADMIN, "qr"): admin.on_qr,
    (Who.ADMIN, "rotate"): admin.on_rotate,
    (Who.ADMIN, "today"): admin.on_today,
    (Who.ADMIN, "reconcile"): reconcile.on_reconcile,
    (Who.ADMIN, "disputes"): dispute.on_disputes,
    (Who.ADMIN, "evidence"): dispute.on_evidence,
    (Who.ADMIN, "strays"): stray.on_strays,
    (Who.ADMIN, "credit"): stray.on_credit,
}
"""Customers and admins write in their private chat with the bot, staff in their merchant's group."""

BUTTONS: dict[type[Any], Route] = {
    buttons.GoHome: Route(Who.CUSTOMER, open_account.on_go_home),
    buttons.ShowHelp: Route(Who.CUSTOMER, documents.on_help),
    buttons.ChooseLanguage: Route(Who.CUSTOMER, open_account.on_choose_language),
    buttons.SetLanguage: Route(Who.CUSTOMER, open_account.on_set_language),
    buttons.OpenMyAccount: Route(Who.CUSTOMER, open_account.on_open_my_account),
    buttons.BindAccount: Route(Who.CUSTOMER, binding.on_bind_account),
    buttons.UnbindAccount: Route(Who.CUSTOMER, binding.on_unbind_account),
    buttons.ChooseTopUp: Route(Who.CUSTOMER, top_up.on_choose_top_up),
    buttons.TopUpPreset: Route(Who.CUSTOMER, top_up.on_top_up_preset),
    buttons.TypeTopUp: Route(Who.CUSTOMER, top_up.on_type_top_up),
    buttons.TopUpShortfall: Route(Who.CUSTOMER, top_up.on_top_up_shortfall),
    buttons.PayWith: Route(Who.CUSTOMER, top_up.on_pay_with),
    buttons.HavePaid: Route(Who.CUSTOMER, top_up.on_have_paid),
    buttons.OpenMenu: Route(Who.CUSTOMER, choose_goods.on_open_menu),
    buttons.OpenCategories: Route(Who.CUSTOMER, choose_goods.on_open_categories),
    buttons.OpenCategory: Route(Who.CUSTOMER, choose_goods.on_open_category),
    buttons.ListDetails: Route(Who.CUSTOMER, choose_goods.on_list_details),
    buttons.OpenItem: Route(Who.CUSTOMER, choose_goods.on_open_item),
    buttons.ShowPhoto: Route(Who.CUSTOMER, choose_goods.on_show_photo),
    buttons.AddItem: Route(Who.CUSTOMER, choose_goods.on_add_item),
    buttons.ChooseOptions: Route(Who.CUSTOMER, choose_goods.on_choose_options),
    buttons.AddChosen: Route(Who.CUSTOMER, choose_goods.on_add_chosen),
    buttons.MoreOf: Route(Who.CUSTOMER, cart.on_more_of),
    buttons.LessOf: Route(Who.CUSTOMER, cart.on_less_of),
    buttons.OpenCart: Route(Who.CUSTOMER, cart.on_open_cart),
    buttons.TypeNote: Route(Who.CUSTOMER, cart.on_type_note),
    buttons.PlaceCart: Route(Who.CUSTOMER, order_goods.on_place_cart),
    buttons.CancelMyOrder: Route(Who.CUSTOMER, order_goods.on_cancel_my_order),
    buttons.SameAgain: Route(Who.CUSTOMER, cart.on_same_again),
    buttons.NameSubstitutes: Route(Who.CUSTOMER, substitute.on_name_substitutes),
    buttons.ChooseSubstitute: Route(Who.CUSTOMER, substitute.on_choose_substitute),
    buttons.SetSubstitute: Route(Who.CUSTOMER, substitute.on_set_substitute),
    buttons.TakeInstead: Route(Who.CUSTOMER, substitute.on_take_instead),
    buttons.AskToLeave: Route(Who.CUSTOMER, check_out.on_ask_to_leave),
    buttons.Leave: Route(Who.CUSTOMER, check_out.on_leave),
    buttons.ShowBalance: Route(Who.CUSTOMER, refund.on_show_balance),
    buttons.ShowHistory: Route(Who.CUSTOMER, refund.on_show_history),
    buttons.AskRefund: Route(Who.CUSTOMER, refund.on_ask_refund),
    buttons.ConfirmRefund: Route(Who.CUSTOMER, refund.on_confirm_refund),
    buttons.Serve: Route(Who.STAFF, counter.on_serve),
    buttons.ServeBecause: Route(Who.STAFF, counter.on_serve_because),
    buttons.Promise: Route(Who.STAFF, counter.on_promise),
    buttons.ShowCard: Route(Who.STAFF, counter.on_show_card),
    buttons.ShowLines: Route(Who.STAFF, counter.on_show_lines),
    buttons.ShowMore: Route(Who.STAFF, counter.on_show_more),
    buttons.PauseOrdering: Route(Who.STAFF, board.on_pause_ordering),
    buttons.SetSilence: Route(Who.STAFF, board.on_set_silence),
    buttons.StockCategories: Route(Who.STAFF, stock.on_stock_categories),
    buttons.StockCategory: Route(Who.STAFF, stock.on_stock_category),
    buttons.ToggleSoldOut: Route(Who.STAFF, stock.on_toggle_sold_out),
    buttons.DrawEvidence: Route(Who.ADMIN, dispute.on_draw_evidence),
    buttons.OpenEdits: Route(Who.STAFF, stock.on_open_edits),
    buttons.MakeEdit: Route(Who.STAFF, stock.on_make_edit),
    buttons.ShowStaff: Route(Who.PEOPLE, staff.on_show_staff),
    buttons.ShowMember: Route(Who.PEOPLE, staff.on_show_member),
    buttons.AppointMember: Route(Who.PEOPLE, staff.on_appoint_member),
    buttons.EndMember: Route(Who.PEOPLE, staff.on_end_member),
    buttons.MakeInvite: Route(Who.PEOPLE, staff.on_make_invite),
    buttons.RescueParked: Route(Who.ADMIN, admin.on_rescue_parked),
    buttons.ReturnStray: Route(Who.ADMIN, stray.on_return_stray),
    buttons.CreditPayer: Route(Who.ADMIN, stray.on_credit_payer),
    buttons.ConfirmStray: Route(Who.ADMIN, stray.on_confirm_stray),
    buttons.ConfirmReroute: Route(Who.ADMIN, admin.on_confirm_reroute),
}

EXPECTED: dict[str, Callable[[Desk, int, str], Awaitable[None]]] = {
    "amount": top_up.on_typed_amount,
    "note": cart.on_typed_note,
}
"""What a typed text is taken for, and about which draft, once a button has asked for it."""
