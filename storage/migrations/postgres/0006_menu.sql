-- older code: runs
--
-- What more an item on the menu says of itself, and what a line keeps of it from the moment it was placed.

ALTER TABLE menu_item ADD COLUMN description text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN allergens text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN tax_basis_points bigint CHECK (tax_basis_points BETWEEN 0 AND 9999);
ALTER TABLE menu_item ADD COLUMN least_age bigint NOT NULL DEFAULT 0 CHECK (least_age BETWEEN 0 AND 99);
ALTER TABLE menu_item ADD COLUMN options text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN hidden bigint NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));
ALTER TABLE menu_item ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE menu_item ADD COLUMN photo_id bigint REFERENCES attachment (id);
ALTER TABLE menu_item ADD COLUMN stock bigint CHECK (stock >= 0);
ALTER TABLE menu_item ADD COLUMN hours text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN happy_hour text COLLATE "C" NOT NULL DEFAULT '';

ALTER TABLE cart_line ADD COLUMN allergens text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE cart_line ADD COLUMN least_age bigint NOT NULL DEFAULT 0;

-- The same item with other options is another line of the cart.
ALTER TABLE cart_line ADD COLUMN options text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE cart_line DROP CONSTRAINT cart_line_draft_id_item_id_key;
ALTER TABLE cart_line ADD UNIQUE (draft_id, item_id, options);

ALTER TABLE line ADD COLUMN allergens text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE line ADD COLUMN least_age bigint NOT NULL DEFAULT 0;
ALTER TABLE line ADD COLUMN tax_basis_points bigint CHECK (tax_basis_points BETWEEN 0 AND 9999);
ALTER TABLE line ADD COLUMN options text COLLATE "C" NOT NULL DEFAULT '';
