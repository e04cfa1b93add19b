-- older code: stops
-- The counter: orders by line.

-- A line can be being prepared, come to nobody, and be given back after it was paid for.
ALTER TABLE line ADD COLUMN stage TEXT NOT NULL DEFAULT 'placed' CHECK (
    stage IN (
        'placed', 'accepted', 'preparing', 'ready', 'delivered', 'undeliverable', 'declined', 'cancelled',
        'expired', 'returned', 'comped'
    )
);
UPDATE line SET stage = state;
ALTER TABLE line DROP COLUMN state;
ALTER TABLE line RENAME COLUMN stage TO state;

ALTER TABLE line ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE line ADD COLUMN substitute_id INTEGER REFERENCES menu_item (id);
ALTER TABLE line ADD COLUMN sale_id INTEGER REFERENCES transfer (id);
UPDATE line SET sale_id = (SELECT transfer_id FROM hold_end WHERE hold_end.hold_id = line.hold_id) WHERE paid = 1;

ALTER TABLE cart_line ADD COLUMN substitute_id INTEGER REFERENCES menu_item (id);

ALTER TABLE goods_order ADD COLUMN promised_at TEXT;
ALTER TABLE goods_order ADD COLUMN cancel_asked INTEGER NOT NULL DEFAULT 0 CHECK (cancel_asked IN (0, 1));
ALTER TABLE goods_order ADD COLUMN instead_of INTEGER REFERENCES line (id);

ALTER TABLE deed ADD COLUMN line_id INTEGER REFERENCES line (id);

-- Who works for a merchant.

CREATE TABLE member (
    id INTEGER PRIMARY KEY,
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    person_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'cashier', 'waiter')),
    joined_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE UNIQUE INDEX member_in_service ON member (merchant_id, person_id) WHERE ended_at IS NULL;

CREATE TABLE invite (
    id INTEGER PRIMARY KEY,
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'cashier', 'waiter')),
    code TEXT NOT NULL UNIQUE,
    expires_at TEXT NOT NULL,
    used_by INTEGER
) STRICT;

CREATE TABLE merchant_deed (
    id INTEGER PRIMARY KEY,
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    action TEXT NOT NULL,
    about TEXT NOT NULL,
    by_id INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    done_at TEXT NOT NULL
) STRICT;
CREATE INDEX merchant_deed_of_merchant ON merchant_deed (merchant_id, id);

-- Which orders the board shows; whether a merchant takes orders, and how it treats silence.

ALTER TABLE goods_order ADD COLUMN is_open INTEGER NOT NULL DEFAULT 1 CHECK (is_open IN (0, 1));
UPDATE goods_order SET is_open = 0 WHERE NOT EXISTS (
    SELECT 1 FROM line WHERE order_id = goods_order.id AND state IN ('placed', 'accepted', 'ready')
);
CREATE INDEX goods_order_open ON goods_order (merchant_id, is_open);

CREATE TABLE ordering (
    id INTEGER PRIMARY KEY REFERENCES merchant (id),
    paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
    silences INTEGER NOT NULL CHECK (silences >= 0),
    ping_seconds INTEGER NOT NULL CHECK (ping_seconds >= 0),
    alert_seconds INTEGER NOT NULL CHECK (alert_seconds >= 0),
    release_seconds INTEGER NOT NULL CHECK (release_seconds >= 0),
    pause_after INTEGER NOT NULL CHECK (pause_after >= 0)
) STRICT;
