-- older code: stops
-- Several gateways: charges opened at them, their notices, what accounts are bound to, refunds by their rules.

CREATE TABLE charge (
    id INTEGER PRIMARY KEY,
    top_up_id INTEGER NOT NULL UNIQUE REFERENCES top_up (id),
    state TEXT NOT NULL CHECK (state IN ('opening', 'open', 'paid', 'refused', 'ended')),
    method TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('invoice', 'link', 'qr', 'none')),
    target TEXT NOT NULL,
    asked INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;

CREATE TABLE binding_ask (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    gateway TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('opening', 'open', 'bound', 'refused')),
    target TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
CREATE INDEX binding_ask_of_customer ON binding_ask (customer_id);

ALTER TABLE customer ADD COLUMN payer_id TEXT NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN method TEXT NOT NULL DEFAULT '';
ALTER TABLE lot ADD COLUMN payer_id TEXT NOT NULL DEFAULT '';
ALTER TABLE lot ADD COLUMN paid_at TEXT;
CREATE INDEX lot_by_source ON lot (gateway, source);
CREATE INDEX stray_by_source ON stray (gateway, source);

-- What providers told, word by word, and what it says. A provider's notice is kept once.

CREATE TABLE kept_notice (
    id INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL,
    uid TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    arrived_at TEXT NOT NULL,
    UNIQUE (gateway, uid)
) STRICT;

CREATE TABLE told_fact (
    id INTEGER PRIMARY KEY,
    notice_id INTEGER NOT NULL REFERENCES kept_notice (id),
    gateway TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    charge TEXT NOT NULL,
    source TEXT NOT NULL,
    amount_minor INTEGER,
    currency TEXT,
    payer_id TEXT NOT NULL,
    payer TEXT NOT NULL,
    method TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    reference TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX told_fact_of_notice ON told_fact (notice_id);

CREATE TABLE refused_notices (
    id INTEGER PRIMARY KEY,
    gateway TEXT NOT NULL,
    reason TEXT NOT NULL,
    hour TEXT NOT NULL,
    count INTEGER NOT NULL,
    UNIQUE (gateway, reason, hour)
) STRICT;

-- A part can be paid out by hand, which two admins decide; and it is known when it was sent.

CREATE TABLE refund_part_new (
    id INTEGER PRIMARY KEY,
    refund_id INTEGER NOT NULL REFERENCES refund_order (id),
    lot_id INTEGER NOT NULL REFERENCES lot (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('planned', 'pending', 'parked', 'done', 'returned', 'rerouted')),
    asked INTEGER NOT NULL,
    reason TEXT NOT NULL,
    reference TEXT NOT NULL,
    sent_at TEXT
) STRICT;
INSERT INTO refund_part_new
SELECT id, refund_id, lot_id, customer_id, amount_minor, currency, key, state, asked, reason, reference, NULL
FROM refund_part;
DROP TABLE refund_part;
ALTER TABLE refund_part_new RENAME TO refund_part;
CREATE INDEX refund_part_of_order ON refund_part (refund_id);
CREATE INDEX refund_part_of_lot ON refund_part (lot_id);

CREATE TABLE reroute (
    id INTEGER PRIMARY KEY,
    part_id INTEGER NOT NULL REFERENCES refund_part (id),
    asked INTEGER NOT NULL,
    proposed_by INTEGER NOT NULL,
    proposed_name TEXT NOT NULL,
    proposed_at TEXT NOT NULL,
    confirmed_by INTEGER,
    confirmed_name TEXT NOT NULL,
    confirmed_at TEXT,
    CONSTRAINT two_admins CHECK (confirmed_by <> proposed_by)
) STRICT;
CREATE INDEX reroute_of_part ON reroute (part_id);
