-- older code: stops
-- Charges that are disputed, and the lines of gateways' own books.

ALTER TABLE lot ADD COLUMN charged_back_minor INTEGER NOT NULL DEFAULT 0 CHECK (charged_back_minor >= 0)
    CHECK (spent_minor + refunding_minor + refunded_minor + charged_back_minor <= brought_minor);
ALTER TABLE lot ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0 CHECK (disputed IN (0, 1));
CREATE INDEX lot_of_gateway ON lot (gateway, made_at);
ALTER TABLE refund_part ADD COLUMN ended_at TEXT;
CREATE INDEX refund_part_ended ON refund_part (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE dispute (
    id INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL,
    reference TEXT NOT NULL,
    lot_id INTEGER NOT NULL REFERENCES lot (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    held_minor INTEGER NOT NULL CHECK (held_minor >= 0),
    charged_back_minor INTEGER NOT NULL CHECK (charged_back_minor >= 0),
    owed_minor INTEGER NOT NULL CHECK (owed_minor >= 0),
    currency TEXT NOT NULL,
    hold_id INTEGER UNIQUE REFERENCES hold (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    reason TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    ended_at TEXT,
    UNIQUE (gateway, reference),
    CONSTRAINT dispute_takes_no_more_than_its_sum CHECK (charged_back_minor <= held_minor AND held_minor <= amount_minor)
) STRICT;
CREATE INDEX dispute_of_lot ON dispute (lot_id);
CREATE INDEX dispute_of_customer ON dispute (customer_id);

CREATE TABLE statement_line (
    id INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund', 'dispute', 'fee', 'payout', 'other')),
    number TEXT NOT NULL,
    key TEXT NOT NULL,
    charge TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (gateway, kind, number)
) STRICT;
CREATE INDEX statement_line_at ON statement_line (gateway, at);
CREATE INDEX statement_line_of_charge ON statement_line (gateway, charge);
CREATE INDEX statement_line_by_key ON statement_line (gateway, key);
