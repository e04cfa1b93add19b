-- older code: runs
-- Posting takes fewer steps, none of which reads more as the tables grow, whatever they were when its plan was made:
-- a question for each row stands in a subquery of its own, which has nothing but an index to go by.
-- What four foreign keys asked for each row of transfers and entries is asked once for all rows of a statement, and
-- of entries more than that. Accounts and transfers are never deleted: what is there once stays there.

CREATE OR REPLACE FUNCTION keep_to_one_currency() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM made
        LEFT JOIN account AS debit ON debit.id = made.debit_id
        LEFT JOIN account AS credit ON credit.id = made.credit_id
        WHERE debit.currency IS DISTINCT FROM made.currency OR credit.currency IS DISTINCT FROM made.currency
    ) THEN
        RAISE EXCEPTION 'a transfer stays within one currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
ALTER TABLE transfer DROP CONSTRAINT transfer_debit_id_fkey, DROP CONSTRAINT transfer_credit_id_fkey;

CREATE FUNCTION keep_to_the_transfer() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM made LEFT JOIN transfer ON transfer.id = made.transfer_id
        WHERE NOT coalesce(
            (made.account_id = debit_id AND made.amount = -transfer.amount)
            OR (made.account_id = credit_id AND made.amount = transfer.amount), FALSE
        )
    ) THEN
        RAISE EXCEPTION 'an entry is one of the two that its transfer makes'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_is_of_its_transfer AFTER INSERT ON entry REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION keep_to_the_transfer();
ALTER TABLE entry DROP CONSTRAINT entry_transfer_id_fkey, DROP CONSTRAINT entry_account_id_fkey;

-- As before, but looks for what is missing only where something is. Whoever finds that an account is being made by
-- somebody else begins again: else they would lock it after others that come later in the order.
CREATE OR REPLACE FUNCTION lock_standings(
    names text[], currencies text[], purses text[], floors bigint[],
    OUT ids bigint[], OUT balances bigint[], OUT helds bigint[], OUT versions bigint[],
    OUT closed boolean[]
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    missing integer;
    made integer;
BEGIN
    LOOP
        SELECT array_agg(id), array_agg(balance), array_agg(held), array_agg(version), array_agg(closed_at IS NOT NULL)
        INTO ids, balances, helds, versions, closed
        FROM (
            SELECT * FROM unnest(names, currencies, purses) WITH ORDINALITY AS wanted (name, currency, purse, turn)
            ORDER BY turn
        ) AS wanted CROSS JOIN LATERAL (
            SELECT id, balance, held, version, closed_at FROM account
            WHERE account.name = wanted.name AND account.currency = wanted.currency AND account.purse = wanted.purse
            FOR NO KEY UPDATE
        ) AS locked;
        missing := cardinality(names) - coalesce(cardinality(ids), 0);
        EXIT WHEN missing = 0;
        INSERT INTO account (name, currency, purse, floor)
        SELECT wanted.* FROM unnest(names, currencies, purses, floors) AS wanted (name, currency, purse, floor)
        WHERE NOT EXISTS (
            SELECT FROM account WHERE account.name = wanted.name AND account.currency = wanted.currency
            AND account.purse = wanted.purse
        )
        ON CONFLICT (name, currency, purse) DO NOTHING;
        GET DIAGNOSTICS made = ROW_COUNT;
        IF made < missing THEN
            RAISE EXCEPTION 'an account is made by somebody else' USING ERRCODE = 'serialization_failure';
        END IF;
    END LOOP;
END $$;

-- As before.
CREATE OR REPLACE FUNCTION make_transfers(
    keys text[], kinds text[], debits bigint[], credits bigint[], amounts bigint[], currencies text[],
    reverses bigint[], at text
) RETURNS bigint[] LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    ids bigint[];
    entered bigint;
BEGIN
    SELECT array_agg(nextval('transfer_id_seq')) INTO ids FROM unnest(keys);
    INSERT INTO transfer (id, key, kind, debit_id, credit_id, amount, currency, reverses_id, made_at)
    SELECT made.*, at FROM unnest(ids, keys, kinds, debits, credits, amounts, currencies, reverses) AS made;

    -- Accounts are changed where they were found: as they are locked, they are there still.
    WITH leg AS MATERIALIZED (
        SELECT transfer_id, side, account_id, amount, found_at, balance + moved AS balance_after,
            version + place AS version
        FROM (
            SELECT transfer_id, side, account_id, amount,
                (sum(amount) OVER so_far)::bigint AS moved, count(*) OVER so_far AS place
            FROM (
                SELECT transfer_id, account_id, -amount AS amount, 1 AS side
                FROM unnest(ids, debits, amounts) AS debited (transfer_id, account_id, amount)
                UNION ALL
                SELECT transfer_id, account_id, amount, 2
                FROM unnest(ids, credits, amounts) AS credited (transfer_id, account_id, amount)
            ) AS both_sides
            WINDOW so_far AS (PARTITION BY account_id ORDER BY transfer_id, side)
        ) AS step CROSS JOIN LATERAL (
            SELECT ctid AS found_at, balance, version FROM account
            WHERE id = account_id AND closed_at IS NULL AND (floor IS NULL OR balance - held + moved >= floor)
            OFFSET 0
        ) AS before
    ), moved AS (
        UPDATE account SET balance = latest.balance_after, version = latest.version
        FROM (SELECT DISTINCT ON (account_id) * FROM leg ORDER BY account_id, version DESC) AS latest
        WHERE account.ctid = latest.found_at
    )
    INSERT INTO entry (transfer_id, account_id, amount, balance_after, version)
    SELECT transfer_id, account_id, amount, balance_after, version FROM leg ORDER BY transfer_id, side;
    GET DIAGNOSTICS entered = ROW_COUNT;
    IF entered < 2 * cardinality(ids) THEN
        IF EXISTS (SELECT FROM account WHERE id = ANY (debits || credits) AND closed_at IS NOT NULL) THEN
            RAISE EXCEPTION 'closed_account_is_empty' USING ERRCODE = 'check_violation';
        END IF;
        RAISE EXCEPTION 'available_is_above_the_floor' USING ERRCODE = 'check_violation';
    END IF;
    RETURN ids;
END $$;

-- As before, and makes no plan for each number while others wait for theirs.
CREATE OR REPLACE FUNCTION next_number(numbered regclass) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7326, numbered::oid::integer);
    CASE numbered
        WHEN 'goods_order'::regclass THEN RETURN (SELECT coalesce(max(id), 0) + 1 FROM goods_order);
        WHEN 'top_up'::regclass THEN RETURN (SELECT coalesce(max(id), 0) + 1 FROM top_up);
        WHEN 'check_out'::regclass THEN RETURN (SELECT coalesce(max(id), 0) + 1 FROM check_out);
        WHEN 'refund_order'::regclass THEN RETURN (SELECT coalesce(max(id), 0) + 1 FROM refund_order);
    END CASE;
END $$;
