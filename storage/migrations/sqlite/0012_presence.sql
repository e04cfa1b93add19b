-- older code: stops
-- Calls from a seat, and who may order there. Older code would let everybody order, leave calls open behind visits
-- that ended, and find errands of which it knows nothing.

CREATE TABLE calling (
    id INTEGER PRIMARY KEY REFERENCES merchant (id),
    again_seconds INTEGER NOT NULL CHECK (again_seconds >= 0)
) STRICT;

CREATE TABLE staff_call (
    id INTEGER PRIMARY KEY,
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    need TEXT CHECK (need IN ('order', 'bill', 'table', 'other')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'done', 'withdrawn', 'left')),
    made_at TEXT NOT NULL,
    taken_by INTEGER,
    taken_name TEXT NOT NULL,
    taken_at TEXT,
    ended_by INTEGER,
    ended_name TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX staff_call_of_visit ON staff_call (visit_id, id);
CREATE UNIQUE INDEX staff_call_open ON staff_call (visit_id) WHERE state IN ('waiting', 'taken');
CREATE INDEX staff_call_of_merchant ON staff_call (merchant_id, state);

CREATE TABLE seating (
    id INTEGER PRIMARY KEY REFERENCES merchant (id),
    proof TEXT NOT NULL CHECK (proof IN ('open', 'staff', 'code')),
    secret TEXT NOT NULL
) STRICT;

CREATE TABLE admission (
    id INTEGER PRIMARY KEY,
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    seat_id INTEGER NOT NULL REFERENCES seat (id),
    proof TEXT NOT NULL CHECK (proof IN ('staff', 'code')),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'admitted', 'turned-away', 'left')),
    asked_at TEXT NOT NULL,
    decided_by INTEGER,
    decided_name TEXT NOT NULL,
    decided_at TEXT,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    tried_at TEXT
) STRICT;
CREATE INDEX admission_of_visit ON admission (visit_id, id);
CREATE INDEX admission_of_customer ON admission (customer_id, merchant_id, id);
CREATE INDEX admission_of_merchant ON admission (merchant_id, state);

-- How long orders took lately.

CREATE INDEX goods_order_closed ON goods_order (merchant_id, is_open, id);
