-- The ledger. Amounts are whole minor units, times are UTC text, and nothing here is ever deleted.

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    purse TEXT NOT NULL,
    floor INTEGER,
    balance INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0,
    UNIQUE (name, currency, purse),
    CONSTRAINT held_is_not_negative CHECK (held >= 0),
    CONSTRAINT available_is_above_the_floor CHECK (floor IS NULL OR balance - held >= floor)
) STRICT;

CREATE TABLE transfer (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    debit_id INTEGER NOT NULL REFERENCES account (id),
    credit_id INTEGER NOT NULL REFERENCES account (id),
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    reverses_id INTEGER REFERENCES transfer (id),
    made_at TEXT NOT NULL,
    CONSTRAINT amount_is_positive CHECK (amount > 0),
    CONSTRAINT accounts_differ CHECK (debit_id <> credit_id)
) STRICT;

CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    transfer_id INTEGER NOT NULL REFERENCES transfer (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    amount INTEGER NOT NULL,
    balance_after INTEGER NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (account_id, version),
    CONSTRAINT amount_is_not_zero CHECK (amount <> 0)
) STRICT;
CREATE INDEX entry_of_transfer ON entry (transfer_id);

CREATE TABLE hold (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES account (id),
    amount INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    CONSTRAINT amount_is_positive CHECK (amount > 0)
) STRICT;
CREATE INDEX hold_of_account ON hold (account_id);

-- A hold is resolved at most once: the hold is the key of its end.
CREATE TABLE hold_end (
    hold_id INTEGER PRIMARY KEY REFERENCES hold (id),
    transfer_id INTEGER UNIQUE REFERENCES transfer (id),
    made_at TEXT NOT NULL
) STRICT;

-- What each command gave, refusals too, so that the same key gives it again.
CREATE TABLE outcome (
    key TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    result TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The hash chain over the transfers, in their order.
CREATE TABLE seal (
    transfer_id INTEGER PRIMARY KEY REFERENCES transfer (id),
    hash TEXT NOT NULL
) STRICT;

CREATE TRIGGER account_keeps_its_name BEFORE UPDATE OF id, name, currency, purse, floor ON account
BEGIN SELECT RAISE(ABORT, 'an account keeps its name, currency, purse and floor'); END;
CREATE TRIGGER account_stays BEFORE DELETE ON account
BEGIN SELECT RAISE(ABORT, 'accounts are never deleted'); END;
CREATE TRIGGER transfer_is_immutable BEFORE UPDATE ON transfer
BEGIN SELECT RAISE(ABORT, 'transfers never change'); END;
CREATE TRIGGER transfer_stays BEFORE DELETE ON transfer
BEGIN SELECT RAISE(ABORT, 'transfers are never deleted'); END;
CREATE TRIGGER transfer_stays_in_its_currency BEFORE INSERT ON transfer
WHEN (SELECT count(*) FROM account WHERE id IN (new.debit_id, new.credit_id) AND currency = new.currency) <> 2
BEGIN SELECT RAISE(ABORT, 'a transfer stays within one currency'); END;
CREATE TRIGGER reversal_stays_within_its_original BEFORE INSERT ON transfer
WHEN new.reverses_id IS NOT NULL AND
    (SELECT coalesce(sum(amount), 0) FROM transfer WHERE reverses_id = new.reverses_id) + new.amount
    > (SELECT amount FROM transfer WHERE id = new.reverses_id)
BEGIN SELECT RAISE(ABORT, 'reversals never exceed the original'); END;
CREATE INDEX transfer_reverses ON transfer (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE TRIGGER entry_is_immutable BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'entries never change'); END;
CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER hold_is_immutable BEFORE UPDATE ON hold
BEGIN SELECT RAISE(ABORT, 'holds never change'); END;
CREATE TRIGGER hold_stays BEFORE DELETE ON hold
BEGIN SELECT RAISE(ABORT, 'holds are never deleted'); END;
CREATE TRIGGER hold_end_is_immutable BEFORE UPDATE ON hold_end
BEGIN SELECT RAISE(ABORT, 'resolved holds never change'); END;
CREATE TRIGGER hold_end_stays BEFORE DELETE ON hold_end
BEGIN SELECT RAISE(ABORT, 'resolved holds are never deleted'); END;
CREATE TRIGGER outcome_is_immutable BEFORE UPDATE ON outcome
BEGIN SELECT RAISE(ABORT, 'outcomes never change'); END;
CREATE TRIGGER outcome_stays BEFORE DELETE ON outcome
BEGIN SELECT RAISE(ABORT, 'outcomes are never deleted'); END;
CREATE TRIGGER seal_is_immutable BEFORE UPDATE ON seal
BEGIN SELECT RAISE(ABORT, 'seals never change'); END;
CREATE TRIGGER seal_stays BEFORE DELETE ON seal
BEGIN SELECT RAISE(ABORT, 'seals are never deleted'); END;

-- Merchants, seats, menus.

CREATE TABLE merchant (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    currency TEXT NOT NULL,
    group_id INTEGER UNIQUE,
    made_at TEXT NOT NULL
) STRICT;

CREATE TABLE link_code (
    id INTEGER PRIMARY KEY,
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    code TEXT NOT NULL UNIQUE,
    expires_at TEXT NOT NULL,
    used_by INTEGER
) STRICT;

CREATE TABLE seat (
    id INTEGER PRIMARY KEY,
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    label TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    made_at TEXT NOT NULL,
    retired_at TEXT
) STRICT;
CREATE UNIQUE INDEX seat_label_in_use ON seat (merchant_id, label) WHERE retired_at IS NULL;

CREATE TABLE menu_item (
    id INTEGER PRIMARY KEY,
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    category TEXT NOT NULL,
    name TEXT NOT NULL,
    price_minor INTEGER NOT NULL CHECK (price_minor > 0),
    currency TEXT NOT NULL,
    place INTEGER NOT NULL,
    on_menu INTEGER NOT NULL CHECK (on_menu IN (0, 1)),
    sold_out INTEGER NOT NULL CHECK (sold_out IN (0, 1)),
    UNIQUE (merchant_id, name)
) STRICT;

-- Customers and their visits.

CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    gateway TEXT NOT NULL,
    binding TEXT NOT NULL CHECK (binding IN ('pending', 'bound')),
    bound_to TEXT NOT NULL,
    opened_at TEXT NOT NULL
) STRICT;

CREATE TABLE visit (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    seat_id INTEGER NOT NULL REFERENCES seat (id),
    state TEXT NOT NULL CHECK (state IN ('open', 'settled')),
    version INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    settled_at TEXT
) STRICT;
CREATE UNIQUE INDEX visit_open ON visit (customer_id, merchant_id) WHERE state = 'open';

CREATE TABLE draft (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cart', 'top_up', 'refund')),
    visit_id INTEGER REFERENCES visit (id),
    version INTEGER NOT NULL,
    amount_minor INTEGER,
    currency TEXT,
    note TEXT NOT NULL,
    waits INTEGER NOT NULL CHECK (waits IN (0, 1)),
    used INTEGER NOT NULL CHECK (used IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX draft_open ON draft (customer_id, kind, coalesce(visit_id, 0)) WHERE used = 0;

CREATE TABLE cart_line (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES draft (id),
    item_id INTEGER NOT NULL REFERENCES menu_item (id),
    name TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    price_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    UNIQUE (draft_id, item_id)
) STRICT;

-- Top-ups and what they brought.

CREATE TABLE top_up (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    gateway TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'paid', 'expired')),
    claim TEXT NOT NULL,
    claimed_until TEXT,
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX top_up_of_customer ON top_up (customer_id);

CREATE TABLE lot (
    id INTEGER PRIMARY KEY,
    top_up_id INTEGER NOT NULL REFERENCES top_up (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    purse TEXT NOT NULL,
    gateway TEXT NOT NULL,
    charge TEXT NOT NULL,
    source TEXT NOT NULL,
    payer TEXT NOT NULL,
    brought_minor INTEGER NOT NULL CHECK (brought_minor > 0),
    spent_minor INTEGER NOT NULL CHECK (spent_minor >= 0),
    refunding_minor INTEGER NOT NULL CHECK (refunding_minor >= 0),
    refunded_minor INTEGER NOT NULL CHECK (refunded_minor >= 0),
    currency TEXT NOT NULL,
    made_at TEXT NOT NULL,
    UNIQUE (gateway, charge),
    CONSTRAINT lot_gives_no_more_than_it_brought CHECK (spent_minor + refunding_minor + refunded_minor <= brought_minor)
) STRICT;
CREATE INDEX lot_of_customer ON lot (customer_id, currency, purse);

CREATE TABLE lot_use (
    id INTEGER PRIMARY KEY,
    lot_id INTEGER NOT NULL REFERENCES lot (id),
    transfer_id INTEGER NOT NULL REFERENCES transfer (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    UNIQUE (lot_id, transfer_id)
) STRICT;

CREATE TABLE stray (
    id INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL,
    charge TEXT NOT NULL,
    source TEXT NOT NULL,
    payer_id INTEGER NOT NULL,
    told TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    made_at TEXT NOT NULL,
    UNIQUE (gateway, charge)
) STRICT;

-- Goods orders.

CREATE TABLE goods_order (
    id INTEGER PRIMARY KEY,
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    seat TEXT NOT NULL,
    note TEXT NOT NULL,
    total_minor INTEGER NOT NULL CHECK (total_minor > 0),
    currency TEXT NOT NULL,
    version INTEGER NOT NULL,
    placed_at TEXT NOT NULL
) STRICT;
CREATE INDEX goods_order_of_customer ON goods_order (customer_id);
CREATE INDEX goods_order_of_merchant ON goods_order (merchant_id, placed_at);

CREATE TABLE line (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES goods_order (id),
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    item_id INTEGER NOT NULL REFERENCES menu_item (id),
    name TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    total_minor INTEGER NOT NULL CHECK (total_minor > 0),
    currency TEXT NOT NULL,
    hold_id INTEGER NOT NULL UNIQUE REFERENCES hold (id),
    state TEXT NOT NULL CHECK (
        state IN ('placed', 'accepted', 'ready', 'delivered', 'declined', 'cancelled', 'expired')
    ),
    reason TEXT NOT NULL,
    paid INTEGER NOT NULL CHECK (paid IN (0, 1))
) STRICT;
CREATE INDEX line_of_order ON line (order_id);
CREATE INDEX line_of_visit ON line (visit_id);

CREATE TABLE deed (
    id INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES goods_order (id),
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_id INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    done_at TEXT NOT NULL
) STRICT;
CREATE INDEX deed_of_order ON deed (order_id);

-- Checkouts and refunds.

CREATE TABLE refund_order (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX refund_order_of_customer ON refund_order (customer_id);

CREATE TABLE refund_part (
    id INTEGER PRIMARY KEY,
    refund_id INTEGER NOT NULL REFERENCES refund_order (id),
    lot_id INTEGER NOT NULL REFERENCES lot (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('planned', 'pending', 'parked', 'done', 'returned')),
    asked INTEGER NOT NULL,
    reason TEXT NOT NULL,
    reference TEXT NOT NULL
) STRICT;
CREATE INDEX refund_part_of_order ON refund_part (refund_id);
CREATE INDEX refund_part_of_lot ON refund_part (lot_id);

CREATE TABLE check_out (
    id INTEGER PRIMARY KEY,
    visit_id INTEGER NOT NULL UNIQUE REFERENCES visit (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    seat_id INTEGER NOT NULL REFERENCES seat (id),
    paid_minor INTEGER NOT NULL CHECK (paid_minor >= 0),
    left_minor INTEGER NOT NULL CHECK (left_minor >= 0),
    currency TEXT NOT NULL,
    refund_id INTEGER REFERENCES refund_order (id),
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX check_out_of_customer ON check_out (customer_id);
CREATE INDEX check_out_of_merchant ON check_out (merchant_id, made_at);

-- What is to be done later or outside.

CREATE TABLE errand (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    body TEXT NOT NULL,
    due_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'started', 'done', 'failed')),
    attempts INTEGER NOT NULL
) STRICT;
CREATE INDEX errand_by_state ON errand (state, due_at);

-- The chat: who was met, what came in, what goes out.

CREATE TABLE peer (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    chosen_language TEXT NOT NULL,
    visit_id INTEGER REFERENCES visit (id),
    expects TEXT NOT NULL,
    reachable INTEGER NOT NULL CHECK (reachable IN (0, 1))
) STRICT;

CREATE TABLE arrival (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    uid INTEGER NOT NULL,
    lane TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'done', 'set_aside')),
    attempts INTEGER NOT NULL,
    error TEXT NOT NULL,
    arrived_at TEXT NOT NULL,
    UNIQUE (source, uid)
) STRICT;
CREATE INDEX arrival_by_state ON arrival (state, id);

CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    chat_id INTEGER NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    wanted INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    telegram_id INTEGER,
    follows INTEGER NOT NULL CHECK (follows IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'started', 'shown', 'failed')),
    place INTEGER NOT NULL,
    repeat INTEGER NOT NULL CHECK (repeat IN (0, 1)),
    attempts INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    started_at TEXT,
    error TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX message_living ON message (chat_id, subject) WHERE subject <> '';
CREATE INDEX message_place ON message (place);
CREATE INDEX message_by_state ON message (state, place, chat_id);
CREATE INDEX message_sent ON message (started_at) WHERE started_at IS NOT NULL;
CREATE INDEX message_in_chat ON message (chat_id, telegram_id);

CREATE TABLE attachment (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE chat (
    id INTEGER PRIMARY KEY,
    latest_id INTEGER NOT NULL,
    moved_to INTEGER
) STRICT;
