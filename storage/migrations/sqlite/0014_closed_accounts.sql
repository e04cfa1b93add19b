-- older code: runs
-- An account can be closed for good, with nothing in it: nothing moves on it any more, whoever writes. Older code
-- closes none, and is refused by the database where one is closed.

ALTER TABLE account ADD COLUMN closed_at TEXT
    CONSTRAINT closed_account_is_empty CHECK (closed_at IS NULL OR (balance = 0 AND held = 0));

CREATE TRIGGER account_stays_closed BEFORE UPDATE OF closed_at ON account WHEN old.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a closed account stays closed'); END;
