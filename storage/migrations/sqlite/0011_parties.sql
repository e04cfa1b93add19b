-- older code: stops
-- Parties: visits that sit together; orders that somebody else pays; gifts; what staff enter for customers.

-- A draft can be what staff entered, besides the customer's own cart.
DROP INDEX draft_open;
ALTER TABLE draft ADD COLUMN purpose TEXT NOT NULL DEFAULT 'cart' CHECK (
    purpose IN ('cart', 'entered', 'top_up', 'refund')
);
UPDATE draft SET purpose = kind;
ALTER TABLE draft DROP COLUMN kind;
ALTER TABLE draft RENAME COLUMN purpose TO kind;
CREATE UNIQUE INDEX draft_open ON draft (customer_id, kind, coalesce(visit_id, 0)) WHERE used = 0;

CREATE TABLE party (
    id INTEGER PRIMARY KEY,
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    host_id INTEGER NOT NULL REFERENCES customer (id),
    code TEXT NOT NULL UNIQUE,
    limit_minor INTEGER NOT NULL CHECK (limit_minor >= 0),
    most_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    version INTEGER NOT NULL,
    began_at TEXT NOT NULL,
    ended_at TEXT,
    CONSTRAINT most_was_the_limit_once CHECK (most_minor >= limit_minor)
) STRICT;
CREATE UNIQUE INDEX party_open ON party (visit_id) WHERE ended_at IS NULL;

CREATE TABLE companion (
    id INTEGER PRIMARY KEY,
    party_id INTEGER NOT NULL REFERENCES party (id),
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    state TEXT NOT NULL CHECK (state IN ('asked', 'joined', 'left', 'removed')),
    joined_at TEXT NOT NULL,
    UNIQUE (party_id, visit_id)
) STRICT;
CREATE UNIQUE INDEX companion_of_one ON companion (visit_id) WHERE state = 'joined';

-- An order's money can be another customer's than of the visit that it is brought to.
ALTER TABLE goods_order ADD COLUMN for_visit_id INTEGER REFERENCES visit (id);
ALTER TABLE goods_order ADD COLUMN party_id INTEGER REFERENCES party (id);
ALTER TABLE goods_order ADD COLUMN entered_by TEXT NOT NULL DEFAULT '';
CREATE INDEX goods_order_for_visit ON goods_order (for_visit_id);
CREATE INDEX goods_order_of_visit ON goods_order (visit_id);
CREATE INDEX goods_order_of_party ON goods_order (party_id);

CREATE TABLE proposal (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL UNIQUE REFERENCES draft (id),
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    by_id INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sent', 'confirmed', 'refused', 'lapsed', 'withdrawn')),
    sent_at TEXT NOT NULL,
    order_id INTEGER REFERENCES goods_order (id)
) STRICT;
CREATE INDEX proposal_of_visit ON proposal (visit_id);

CREATE TABLE gift (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL UNIQUE REFERENCES draft (id),
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    giver_id INTEGER NOT NULL REFERENCES customer (id),
    for_visit_id INTEGER NOT NULL REFERENCES visit (id),
    receiver_id INTEGER NOT NULL REFERENCES customer (id),
    state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'declined', 'lapsed', 'withdrawn', 'gone')),
    total_minor INTEGER NOT NULL CHECK (total_minor > 0),
    currency TEXT NOT NULL,
    offered_at TEXT NOT NULL,
    order_id INTEGER REFERENCES goods_order (id)
) STRICT;
CREATE INDEX gift_of_giver ON gift (giver_id);
CREATE INDEX gift_of_visit ON gift (visit_id, state);

CREATE TABLE gift_block (
    id INTEGER PRIMARY KEY,
    receiver_id INTEGER NOT NULL REFERENCES customer (id),
    giver_id INTEGER NOT NULL REFERENCES customer (id),
    blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)),
    UNIQUE (receiver_id, giver_id)
) STRICT;

-- What is offered as a gift has its money aside before there is an order.
ALTER TABLE cart_line ADD COLUMN hold_id INTEGER REFERENCES hold (id);
