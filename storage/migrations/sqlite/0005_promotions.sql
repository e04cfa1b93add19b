-- older code: stops
-- What top-ups are promised on top.

ALTER TABLE top_up ADD COLUMN bonus_minor INTEGER CHECK (bonus_minor > 0);
ALTER TABLE lot ADD COLUMN promised INTEGER NOT NULL DEFAULT 0 CHECK (promised IN (0, 1));

CREATE TABLE promise (
    id INTEGER PRIMARY KEY,
    lot_id INTEGER NOT NULL UNIQUE REFERENCES lot (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    granted_minor INTEGER NOT NULL CHECK (granted_minor > 0),
    came_minor INTEGER NOT NULL CHECK (came_minor >= 0),
    lapsed_minor INTEGER NOT NULL CHECK (lapsed_minor >= 0),
    unearned_minor INTEGER NOT NULL CHECK (unearned_minor >= 0),
    currency TEXT NOT NULL,
    made_at TEXT NOT NULL,
    CONSTRAINT no_more_comes_than_was_promised CHECK (came_minor + lapsed_minor <= granted_minor)
) STRICT;
