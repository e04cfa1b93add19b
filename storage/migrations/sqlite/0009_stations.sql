-- older code: stops
-- Stations of a merchant: which items are whose, and where their cards go.

CREATE TABLE station (
    id INTEGER PRIMARY KEY,
    merchant_id INTEGER NOT NULL REFERENCES merchant (id),
    name TEXT NOT NULL CHECK (name <> ''),
    chat_id INTEGER,
    thread_id INTEGER NOT NULL,
    reached INTEGER NOT NULL CHECK (reached IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX station_of_merchant ON station (merchant_id, name);
CREATE UNIQUE INDEX station_at_place ON station (chat_id, thread_id) WHERE chat_id IS NOT NULL;

ALTER TABLE menu_item ADD COLUMN station TEXT NOT NULL DEFAULT '';
ALTER TABLE line ADD COLUMN station TEXT NOT NULL DEFAULT '';

-- What staff promise and what is asked of them is of lines: two stations may say two things of one order.
ALTER TABLE line ADD COLUMN promised_at TEXT;
ALTER TABLE line ADD COLUMN cancel_asked INTEGER NOT NULL DEFAULT 0 CHECK (cancel_asked IN (0, 1));
UPDATE line SET promised_at = (SELECT promised_at FROM goods_order WHERE goods_order.id = order_id)
WHERE state IN ('accepted', 'preparing', 'ready');
UPDATE line SET cancel_asked = 1
WHERE state IN ('accepted', 'preparing', 'ready')
    AND (SELECT cancel_asked FROM goods_order WHERE goods_order.id = order_id) = 1;
UPDATE goods_order SET cancel_asked = 0
WHERE cancel_asked = 1 AND NOT EXISTS (SELECT 1 FROM line WHERE order_id = goods_order.id AND line.cancel_asked = 1);

-- A living message is one of its subject in a topic of a chat, where the chat has topics.
ALTER TABLE message ADD COLUMN thread_id INTEGER NOT NULL DEFAULT 0;
DROP INDEX message_living;
CREATE UNIQUE INDEX message_living ON message (chat_id, thread_id, subject) WHERE subject <> '';
