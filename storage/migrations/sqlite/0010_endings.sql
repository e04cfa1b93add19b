-- older code: stops
-- Visits that end by themselves, and what customers find not right about it.

-- A merchant's hours, and how long it waits before something ends by itself.
CREATE TABLE endings (
    id INTEGER PRIMARY KEY REFERENCES merchant (id),
    hours TEXT NOT NULL,
    last_orders_minutes INTEGER NOT NULL CHECK (last_orders_minutes >= 0),
    grace_minutes INTEGER NOT NULL CHECK (grace_minutes >= 0),
    idle_minutes INTEGER NOT NULL CHECK (idle_minutes >= 0),
    leave_minutes INTEGER NOT NULL CHECK (leave_minutes >= 0),
    version INTEGER NOT NULL
) STRICT;

-- Without a time a visit was touched last when it was opened.
ALTER TABLE visit ADD COLUMN touched_at TEXT;
ALTER TABLE visit ADD COLUMN warned_at TEXT;
CREATE INDEX visit_open_at ON visit (merchant_id) WHERE state = 'open';

-- Whoever wrote or tapped last is known by what came in.
CREATE INDEX arrival_by_lane ON arrival (lane, id);

-- Each visit that is open has a timer that looks whether anything goes on at it.
INSERT INTO errand (kind, subject_id, body, due_at, state, attempts)
SELECT 'watch_visit', id, '1', strftime('%Y-%m-%d %H:%M:%S', 'now') || '.000000+00:00', 'waiting', 0
FROM visit WHERE state = 'open';

ALTER TABLE check_out ADD COLUMN cause TEXT NOT NULL DEFAULT '' CHECK (cause IN ('', 'idle', 'closing'));

CREATE TABLE visit_case (
    id INTEGER PRIMARY KEY,
    check_out_id INTEGER NOT NULL REFERENCES check_out (id),
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    wrong TEXT NOT NULL CHECK (wrong IN ('not-delivered', 'wrong-item', 'charged-twice', 'other')),
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    version INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    escalated_at TEXT,
    answer TEXT NOT NULL,
    said TEXT NOT NULL,
    closed_by INTEGER,
    closed_name TEXT NOT NULL,
    closed_at TEXT,
    CONSTRAINT closed_by_somebody CHECK ((state = 'closed') = (closed_by IS NOT NULL AND closed_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX visit_case_open ON visit_case (check_out_id) WHERE state = 'open';
CREATE INDEX visit_case_of_customer ON visit_case (customer_id);
CREATE INDEX visit_case_of_merchant ON visit_case (merchant_id, state);

CREATE TABLE case_deed (
    id INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES visit_case (id),
    action TEXT NOT NULL CHECK (action IN ('open', 'say', 'make-good', 'escalate', 'close')),
    about TEXT NOT NULL,
    by_id INTEGER NOT NULL,
    by_name TEXT NOT NULL,
    done_at TEXT NOT NULL
) STRICT;
CREATE INDEX case_deed_of_case ON case_deed (case_id);
