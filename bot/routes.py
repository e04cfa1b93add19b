"""Which handler answers what: the one table of commands, buttons and expected texts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot import (
    admission,
    binding,
    buttons,
    cart,
    case,
    check_out,
    choose_goods,
    documents,
    endings,
    gift,
    open_account,
    order_goods,
    party,
    refund,
    substitute,
    top_up,
)
from bot.admin import dispute, merchants, reconcile, stray
from bot.counter import board, call_staff, cards, enter, merchant_settings, presence, staff, stock
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
    (Who.STAFF, "enter"): enter.on_enter,
    (Who.STAFF, "pause"): board.on_pause,
    (Who.STAFF, "resume"): board.on_resume,
    (Who.STAFF, "settings"): merchant_settings.on_settings,
    (Who.STAFF, "hours"): merchant_settings.on_hours,
    (Who.STAFF, "staff"): staff.on_staff_here,
    (Who.STAFF, "code"): presence.on_code,
    (Who.STAFF, "rotate"): presence.on_rotate_here,
    (Who.STAFF, "link"): cards.on_link,
    (Who.STAFF, "menu"): stock.on_menu,
    (Who.STAFF, "today"): documents.on_today_here,
    (Who.STAFF, "find"): documents.on_find_here,
    (Who.STAFF, "language"): cards.on_group_language,
    (Who.STAFF, "help"): documents.on_help_here,
    (Who.ADMIN, "newmerchant"): merchants.on_new_merchant,
    (Who.ADMIN, "merchants"): merchants.on_merchants,
    (Who.ADMIN, "linkcode"): merchants.on_link_code,
    (Who.ADMIN, "menu"): merchants.on_menu_file,
    (Who.ADMIN, "staff"): merchants.on_staff,
    (Who.ADMIN, "seats"): merchants.on_seats,
    (Who.ADMIN, "qr"): merchants.on_qr,
    (Who.ADMIN, "rotate"): merchants.on_rotate,
    (Who.ADMIN, "today"): merchants.on_today,
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
    buttons.OpenFavourites: Route(Who.CUSTOMER, choose_goods.on_open_favourites),
    buttons.AddFavourite: Route(Who.CUSTOMER, choose_goods.on_add_favourite),
    buttons.ChooseOptions: Route(Who.CUSTOMER, choose_goods.on_choose_options),
    buttons.AddChosen: Route(Who.CUSTOMER, choose_goods.on_add_chosen),
    buttons.OrderChosen: Route(Who.CUSTOMER, choose_goods.on_order_chosen),
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
    buttons.EnterFor: Route(Who.STAFF, enter.on_enter_for),
    buttons.EnterCategories: Route(Who.STAFF, enter.on_enter_categories),
    buttons.EnterCategory: Route(Who.STAFF, enter.on_enter_category),
    buttons.EnterItem: Route(Who.STAFF, enter.on_enter_item),
    buttons.EnterOptions: Route(Who.STAFF, enter.on_enter_options),
    buttons.EnterChosen: Route(Who.STAFF, enter.on_enter_chosen),
    buttons.LessEntered: Route(Who.STAFF, enter.on_less_entered),
    buttons.SendEntered: Route(Who.STAFF, enter.on_send_entered),
    buttons.DropEntered: Route(Who.STAFF, enter.on_drop_entered),
    buttons.ConfirmEntered: Route(Who.CUSTOMER, enter.on_confirm_entered),
    buttons.RefuseEntered: Route(Who.CUSTOMER, enter.on_refuse_entered),
    buttons.GiveCart: Route(Who.CUSTOMER, gift.on_give_cart),
    buttons.GiveToSeat: Route(Who.CUSTOMER, gift.on_give_to_seat),
    buttons.GiveTo: Route(Who.CUSTOMER, gift.on_give_to),
    buttons.TakeGift: Route(Who.CUSTOMER, gift.on_take_gift),
    buttons.DeclineGift: Route(Who.CUSTOMER, gift.on_decline_gift),
    buttons.SetGiverBlocked: Route(Who.CUSTOMER, gift.on_set_giver_blocked),
    buttons.TakeGiftBack: Route(Who.CUSTOMER, gift.on_take_gift_back),
    buttons.OpenTable: Route(Who.CUSTOMER, party.on_open_table),
    buttons.StartTable: Route(Who.CUSTOMER, party.on_start_table),
    buttons.InviteToTable: Route(Who.CUSTOMER, party.on_invite_to_table),
    buttons.AskHost: Route(Who.CUSTOMER, party.on_ask_host),
    buttons.SetCompanion: Route(Who.CUSTOMER, party.on_set_companion),
    buttons.LeaveTable: Route(Who.CUSTOMER, party.on_leave_table),
    buttons.CloseTable: Route(Who.CUSTOMER, party.on_close_table),
    buttons.OpenLimit: Route(Who.CUSTOMER, party.on_open_limit),
    buttons.LimitOnHost: Route(Who.CUSTOMER, party.on_limit_on_host),
    buttons.PlaceCartOnHost: Route(Who.CUSTOMER, party.on_place_cart_on_host),
    buttons.AskToLeave: Route(Who.CUSTOMER, check_out.on_ask_to_leave),
    buttons.Leave: Route(Who.CUSTOMER, check_out.on_leave),
    buttons.StillHere: Route(Who.CUSTOMER, endings.on_still_here),
    buttons.NotRight: Route(Who.CUSTOMER, case.on_not_right),
    buttons.Complain: Route(Who.CUSTOMER, case.on_complain),
    buttons.SayMoreOf: Route(Who.CUSTOMER, case.on_say_more_of),
    buttons.MakeLineGood: Route(Who.PEOPLE, case.on_make_line_good),
    buttons.AnswerCase: Route(Who.PEOPLE, case.on_answer_case),
    buttons.TypeAnswer: Route(Who.PEOPLE, case.on_type_answer),
    buttons.ShowBalance: Route(Who.CUSTOMER, refund.on_show_balance),
    buttons.ShowHistory: Route(Who.CUSTOMER, refund.on_show_history),
    buttons.AskRefund: Route(Who.CUSTOMER, refund.on_ask_refund),
    buttons.ConfirmRefund: Route(Who.CUSTOMER, refund.on_confirm_refund),
    buttons.Serve: Route(Who.STAFF, cards.on_serve),
    buttons.ServeBecause: Route(Who.STAFF, cards.on_serve_because),
    buttons.ServeLineBecause: Route(Who.STAFF, cards.on_serve_line_because),
    buttons.Promise: Route(Who.STAFF, cards.on_promise),
    buttons.ShowCard: Route(Who.STAFF, cards.on_show_card),
    buttons.ShowLines: Route(Who.STAFF, cards.on_show_lines),
    buttons.ShowMore: Route(Who.STAFF, cards.on_show_more),
    buttons.PauseOrdering: Route(Who.STAFF, board.on_pause_ordering),
    buttons.SetSilence: Route(Who.STAFF, merchant_settings.on_set_silence),
    buttons.OpenSettings: Route(Who.STAFF, merchant_settings.on_open_settings),
    buttons.SetEnding: Route(Who.STAFF, merchant_settings.on_set_ending),
    buttons.StockCategories: Route(Who.STAFF, stock.on_stock_categories),
    buttons.StockCategory: Route(Who.STAFF, stock.on_stock_category),
    buttons.ToggleSoldOut: Route(Who.STAFF, stock.on_toggle_sold_out),
    buttons.DrawEvidence: Route(Who.ADMIN, dispute.on_draw_evidence),
    buttons.OpenEdits: Route(Who.STAFF, stock.on_open_edits),
    buttons.MakeEdit: Route(Who.STAFF, stock.on_make_edit),
    buttons.CallToSeat: Route(Who.CUSTOMER, call_staff.on_call_to_seat),
    buttons.SayNeed: Route(Who.CUSTOMER, call_staff.on_say_need),
    buttons.TakeCallBack: Route(Who.CUSTOMER, call_staff.on_take_call_back),
    buttons.AnswerTheCall: Route(Who.STAFF, call_staff.on_answer_the_call),
    buttons.TypeCode: Route(Who.CUSTOMER, open_account.on_type_code),
    buttons.DecideAdmission: Route(Who.STAFF, presence.on_decide_admission),
    buttons.ChooseProof: Route(Who.STAFF, merchant_settings.on_choose_proof),
    buttons.ChooseCalling: Route(Who.STAFF, merchant_settings.on_choose_calling),
    buttons.ShowCode: Route(Who.STAFF, presence.on_show_code),
    buttons.ShowStaff: Route(Who.PEOPLE, staff.on_show_staff),
    buttons.ShowMember: Route(Who.PEOPLE, staff.on_show_member),
    buttons.AppointMember: Route(Who.PEOPLE, staff.on_appoint_member),
    buttons.EndMember: Route(Who.PEOPLE, staff.on_end_member),
    buttons.MakeInvite: Route(Who.PEOPLE, staff.on_make_invite),
    buttons.RescueParked: Route(Who.ADMIN, merchants.on_rescue_parked),
    buttons.ReturnStray: Route(Who.ADMIN, stray.on_return_stray),
    buttons.CreditPayer: Route(Who.ADMIN, stray.on_credit_payer),
    buttons.ConfirmStray: Route(Who.ADMIN, stray.on_confirm_stray),
    buttons.ConfirmReroute: Route(Who.ADMIN, merchants.on_confirm_reroute),
}

EXPECTED: dict[str, Callable[[Desk, int, str], Awaitable[None]]] = {
    "amount": top_up.on_typed_amount,
    "note": cart.on_typed_note,
    admission.CODE: open_account.on_typed_code,
    "case": case.on_typed_saying,
    "answer": case.on_typed_answer,
    "limit": party.on_typed_limit,
    "give": gift.on_typed_seat,
}
"""What a typed text is taken for, and about which draft or visit, once it has been asked for."""
