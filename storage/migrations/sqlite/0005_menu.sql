-- older code: runs
--
-- What more an item on the menu says of itself, and what a line keeps of it from the moment it was placed.

ALTER TABLE menu_item ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN allergens TEXT NOT NULL DEFAULT '';
ALTER TABLE menu_item ADD COLUMN tax_basis_points INTEGER CHECK (tax_basis_points BETWEEN 0 AND 9999);
ALTER TABLE menu_item ADD COLUMN least_age INTEGER NOT NULL DEFAULT 0 CHECK (least_age BETWEEN 0 AND 99);

ALTER TABLE cart_line ADD COLUMN allergens TEXT NOT NULL DEFAULT '';
ALTER TABLE cart_line ADD COLUMN least_age INTEGER NOT NULL DEFAULT 0;

ALTER TABLE line ADD COLUMN allergens TEXT NOT NULL DEFAULT '';
ALTER TABLE line ADD COLUMN least_age INTEGER NOT NULL DEFAULT 0;
ALTER TABLE line ADD COLUMN tax_basis_points INTEGER CHECK (tax_basis_points BETWEEN 0 AND 9999);
