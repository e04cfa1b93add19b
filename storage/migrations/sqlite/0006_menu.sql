-- older code: runs
--
-- What more an item on the menu says of itself, and what a line keeps of it from the moment it was placed.

ALTER TABLE menu_item ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN allergens TEXT NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN tax_basis_points INTEGER CHECK (tax_basis_points BETWEEN 0 AND 9999);
ALTER TABLE menu_item ADD COLUMN least_age INTEGER NOT NULL DEFAULT 0 CHECK (least_age BETWEEN 0 AND 99);
ALTER TABLE menu_item ADD COLUMN options TEXT NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));
ALTER TABLE menu_item ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE menu_item ADD COLUMN photo_id INTEGER REFERENCES attachment (id);
ALTER TABLE menu_item ADD COLUMN stock INTEGER CHECK (stock >= 0);
ALTER TABLE menu_item ADD COLUMN hours TEXT NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN happy_hour TEXT NOT NULL DEFAULT '';

-- The same item with other options is another line of the cart.
CREATE TABLE new_cart_line (
    id INTEGER PRIMARY KEY,
    draft_id INTEGER NOT NULL REFERENCES draft (id),
    item_id INTEGER NOT NULL REFERENCES menu_item (id),
    name TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    price_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    allergens TEXT NOT NULL DEFAULT '',
    least_age INTEGER NOT NULL DEFAULT 0,
    options TEXT NOT NULL DEFAULT '',
    UNIQUE (draft_id, item_id, options)
) STRICT;
INSERT INTO new_cart_line (id, draft_id, item_id, name, quantity, price_minor, currency)
SELECT id, draft_id, item_id, name, quantity, price_minor, currency FROM cart_line;
DROP TABLE cart_line;
ALTER TABLE new_cart_line RENAME TO cart_line;

ALTER TABLE line ADD COLUMN allergens TEXT NOT NULL DEFAULT '';
ALTER TABLE line ADD COLUMN least_age INTEGER NOT NULL DEFAULT 0;
ALTER TABLE line ADD COLUMN tax_basis_points INTEGER CHECK (tax_basis_points BETWEEN 0 AND 9999);
ALTER TABLE line ADD COLUMN options TEXT NOT NULL DEFAULT '';
