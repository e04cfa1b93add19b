-- older code: stops
-- What becomes of payments that match nothing of ours.

CREATE TABLE stray_case (
    id INTEGER PRIMARY KEY,
    stray_id INTEGER NOT NULL UNIQUE REFERENCES stray (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'going', 'crediting', 'back', 'credited')),
    version INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    key TEXT NOT NULL,
    reference TEXT NOT NULL,
    reason TEXT NOT NULL,
    sent_at TEXT,
    customer_id INTEGER REFERENCES customer (id),
    proposed_by INTEGER,
    proposed_name TEXT NOT NULL,
    confirmed_by INTEGER,
    confirmed_name TEXT NOT NULL,
    ended_at TEXT,
    currency TEXT NOT NULL,
    CONSTRAINT two_admins_credit CHECK (confirmed_by <> proposed_by)
) STRICT;
CREATE INDEX stray_case_by_key ON stray_case (key);
