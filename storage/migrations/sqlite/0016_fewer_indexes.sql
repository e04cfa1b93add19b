-- older code: runs
-- An order is written into fewer indexes: one begins as another does, and most orders have no party and are
-- brought to the visit that pays for them.

DROP INDEX goods_order_open;

DROP INDEX goods_order_for_visit;
CREATE INDEX goods_order_for_visit ON goods_order (for_visit_id) WHERE for_visit_id IS NOT NULL;

DROP INDEX goods_order_of_party;
CREATE INDEX goods_order_of_party ON goods_order (party_id) WHERE party_id IS NOT NULL;
