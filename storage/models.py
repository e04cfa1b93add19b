"""The tables as tortoise-orm sees them: for reading only, and only the columns that reports need.

The schema is made by `migrations`; nothing is ever saved through a model.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.fields.base import Field
from tortoise.models import Model

from storage.rows import to_column


class MomentField(Field[datetime], datetime):
    """A time as the tables keep it.

    tortoise's own field drops zero microseconds, and then texts no longer sort as times do.
    """

    SQL_TYPE = "TEXT"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        return to_column(value)

    def to_python_value(self, value: Any) -> Any:
        return datetime.fromisoformat(value) if isinstance(value, str) else value


class Account(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    currency = fields.TextField()
    purse = fields.TextField()
    balance = fields.BigIntField()
    held = fields.BigIntField()

    class Meta:
        table = "account"


class Transfer(Model):
    id = fields.BigIntField(primary_key=True)
    key = fields.TextField()
    kind = fields.TextField()
    debit: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "books.Account", related_name="debits", on_delete=fields.NO_ACTION
    )
    credit: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "books.Account", related_name="credits", on_delete=fields.NO_ACTION
    )
    amount = fields.BigIntField()
    currency = fields.TextField()
    reverses_id = fields.BigIntField(null=True)
    made_at = MomentField()

    class Meta:
        table = "transfer"


class Merchant(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    currency = fields.TextField()
    group_id = fields.BigIntField(null=True)

    class Meta:
        table = "merchant"


class Station(Model):
    id = fields.BigIntField(primary_key=True)
    merchant_id = fields.BigIntField()
    name = fields.TextField()
    chat_id = fields.BigIntField(null=True)

    class Meta:
        table = "station"


class Visit(Model):
    id = fields.BigIntField(primary_key=True)
    merchant_id = fields.BigIntField()
    state = fields.TextField()

    class Meta:
        table = "visit"


class GoodsOrder(Model):
    id = fields.BigIntField(primary_key=True)
    merchant_id = fields.BigIntField()
    placed_at = MomentField()
    lines: fields.ReverseRelation[Line]

    class Meta:
        table = "goods_order"


class Line(Model):
    id = fields.BigIntField(primary_key=True)
    order: fields.ForeignKeyRelation[GoodsOrder] = fields.ForeignKeyField(
        "books.GoodsOrder", related_name="lines", on_delete=fields.NO_ACTION
    )
    total_minor = fields.BigIntField()
    state = fields.TextField()
    paid = fields.BigIntField()

    class Meta:
        table = "line"


class CheckOut(Model):
    id = fields.BigIntField(primary_key=True)
    merchant_id = fields.BigIntField()
    paid_minor = fields.BigIntField()
    currency = fields.TextField()
    made_at = MomentField()

    class Meta:
        table = "check_out"


class RefusedNotices(Model):
    id = fields.BigIntField(primary_key=True)
    gateway = fields.TextField()
    hour = MomentField()
    count = fields.BigIntField()

    class Meta:
        table = "refused_notices"


class TopUp(Model):
    id = fields.BigIntField(primary_key=True)
    token = fields.TextField()

    class Meta:
        table = "top_up"


class Lot(Model):
    id = fields.BigIntField(primary_key=True)
    top_up: fields.ForeignKeyRelation[TopUp] = fields.ForeignKeyField(
        "books.TopUp", related_name="lots", on_delete=fields.NO_ACTION
    )
    gateway = fields.TextField()
    charge = fields.TextField()
    source = fields.TextField()
    brought_minor = fields.BigIntField()
    currency = fields.TextField()
    made_at = MomentField()

    class Meta:
        table = "lot"


class Stray(Model):
    id = fields.BigIntField(primary_key=True)
    gateway = fields.TextField()
    charge = fields.TextField()
    source = fields.TextField()
    amount_minor = fields.BigIntField()
    currency = fields.TextField()
    made_at = MomentField()

    class Meta:
        table = "stray"


class StrayCase(Model):
    id = fields.BigIntField(primary_key=True)
    stray: fields.ForeignKeyRelation[Stray] = fields.ForeignKeyField(
        "books.Stray", related_name="cases", on_delete=fields.NO_ACTION
    )
    state = fields.TextField()
    amount_minor = fields.BigIntField()
    key = fields.TextField()
    reference = fields.TextField()
    currency = fields.TextField()
    sent_at = MomentField(null=True)
    ended_at = MomentField(null=True)

    class Meta:
        table = "stray_case"


class RefundOrder(Model):
    id = fields.BigIntField(primary_key=True)
    made_at = MomentField()

    class Meta:
        table = "refund_order"


class RefundPart(Model):
    id = fields.BigIntField(primary_key=True)
    refund: fields.ForeignKeyRelation[RefundOrder] = fields.ForeignKeyField(
        "books.RefundOrder", related_name="parts", on_delete=fields.NO_ACTION
    )
    lot: fields.ForeignKeyRelation[Lot] = fields.ForeignKeyField(
        "books.Lot", related_name="parts", on_delete=fields.NO_ACTION
    )
    amount_minor = fields.BigIntField()
    currency = fields.TextField()
    key = fields.TextField()
    state = fields.TextField()
    reference = fields.TextField()
    ended_at = MomentField(null=True)

    class Meta:
        table = "refund_part"


class Dispute(Model):
    id = fields.BigIntField(primary_key=True)
    lot: fields.ForeignKeyRelation[Lot] = fields.ForeignKeyField(
        "books.Lot", related_name="disputes", on_delete=fields.NO_ACTION
    )
    gateway = fields.TextField()
    reference = fields.TextField()
    amount_minor = fields.BigIntField()
    currency = fields.TextField()
    state = fields.TextField()
    opened_at = MomentField()
    ended_at = MomentField(null=True)

    class Meta:
        table = "dispute"


class StatementLine(Model):
    id = fields.BigIntField(primary_key=True)
    gateway = fields.TextField()
    kind = fields.TextField()
    number = fields.TextField()
    key = fields.TextField()
    charge = fields.TextField()
    amount_minor = fields.BigIntField()
    currency = fields.TextField()
    at = MomentField()

    class Meta:
        table = "statement_line"
