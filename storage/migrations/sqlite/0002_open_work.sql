-- What waits is found by its state, however much is done with. The partial indexes that were meant for
-- this serve no query whose states are parameters.

DROP INDEX errand_open;
CREATE INDEX errand_by_state ON errand (state, due_at);

DROP INDEX arrival_new;
CREATE INDEX arrival_by_state ON arrival (state, id);

CREATE INDEX message_by_state ON message (state, place);
