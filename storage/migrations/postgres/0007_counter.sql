-- older code: stops
-- The counter: orders by line.

-- A line can be being prepared, come to nobody, and be given back after it was paid for.
ALTER TABLE line ADD COLUMN stage text COLLATE "C" NOT NULL DEFAULT 'placed' CHECK (
    stage IN (
        'placed', 'accepted', 'preparing', 'ready', 'delivered', 'undeliverable', 'declined', 'cancelled',
        'expired', 'returned', 'comped'
    )
);
UPDATE line SET stage = state;
ALTER TABLE line DROP COLUMN state;
ALTER TABLE line RENAME COLUMN stage TO state;

ALTER TABLE line ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE line ADD COLUMN substitute_id bigint REFERENCES menu_item (id);
ALTER TABLE line ADD COLUMN sale_id bigint REFERENCES transfer (id);
UPDATE line SET sale_id = (SELECT transfer_id FROM hold_end WHERE hold_end.hold_id = line.hold_id) WHERE paid = 1;

ALTER TABLE cart_line ADD COLUMN substitute_id bigint REFERENCES menu_item (id);

ALTER TABLE goods_order ADD COLUMN promised_at text COLLATE "C";
ALTER TABLE goods_order ADD COLUMN cancel_asked bigint NOT NULL DEFAULT 0 CHECK (cancel_asked IN (0, 1));
ALTER TABLE goods_order ADD COLUMN instead_of bigint REFERENCES line (id);

ALTER TABLE deed ADD COLUMN line_id bigint REFERENCES line (id);
