-- older code: runs
-- Posting takes fewer steps, none of which reads more as the tables grow, whatever they were when its plan was made:
-- a question for each row stands in a subquery of its own, which has nothing but an index to go by. A join has other
-- ways, and with a table that was small when it was last looked at it takes them.
-- What four foreign keys asked for each row of transfers and entries is asked once for all rows of a statement, and
-- of entries more than that. Accounts and transfers are never deleted: what is there once stays there.

CREATE OR REPLACE FUNCTION keep_to_one_currency() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM made
        WHERE (SELECT currency FROM account WHERE id = made.debit_id) IS DISTINCT FROM made.currency
            OR (SELECT currency FROM account WHERE id = made.credit_id) IS DISTINCT FROM made.currency
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
        SELECT FROM made
        WHERE (
            SELECT (made.account_id = debit_id AND made.amount = -transfer.amount)
                OR (made.account_id = credit_id AND made.amount = transfer.amount)
            FROM transfer WHERE id = made.transfer_id
        ) IS NOT TRUE
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
        WHERE (
            SELECT id FROM account WHERE account.name = wanted.name AND account.currency = wanted.currency
            AND account.purse = wanted.purse
        ) IS NULL
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

-- As before, and asks for each key's outcome by itself.
CREATE OR REPLACE FUNCTION post_many(
    names text[], account_currencies text[], purses text[], floors bigint[],
    keys text[], requests text[], kinds text[], debits integer[], credits integer[], amounts bigint[],
    reverses bigint[], at text,
    OUT known text[], OUT results text[]
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    ids bigint[];
    available bigint[];
    shut boolean[];
    account_shut text;
    short bigint;
    fitting integer[];
    made bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7325, 2); -- beside all others, unless somebody must run alone
    SELECT locked.ids, ARRAY(SELECT balance - held FROM unnest(locked.balances, locked.helds) AS of (balance, held)),
        locked.closed
    INTO ids, available, shut FROM lock_standings(names, account_currencies, purses, floors) AS locked;
    SELECT array_agg(request), array_agg(result) INTO known, results
    FROM unnest(keys) AS asked (key) LEFT JOIN LATERAL (
        SELECT request, result FROM outcome WHERE outcome.key = asked.key OFFSET 0
    ) AS before ON TRUE;

    FOR n IN 1 .. cardinality(keys) LOOP
        CONTINUE WHEN known[n] IS NOT NULL;
        account_shut := CASE
            WHEN shut[debits[n]] THEN names[debits[n]]
            WHEN shut[credits[n]] THEN names[credits[n]]
        END;
        short := floors[debits[n]] - (available[debits[n]] - amounts[n]);
        IF account_shut IS NOT NULL THEN
            results[n] := format('{"refused": {"account": %s, "is": "AccountClosed"}}', to_json(account_shut));
        ELSIF short > 0 THEN
            results[n] := format(
                '{"refused": {"is": "ShortOfMoney", "short": {"currency": %s, "is": "Money", "minor": %s}}}',
                to_json(account_currencies[debits[n]]), short
            );
        ELSE
            available[debits[n]] := available[debits[n]] - amounts[n];
            available[credits[n]] := available[credits[n]] + amounts[n];
            fitting := fitting || n;
        END IF;
    END LOOP;

    IF fitting IS NOT NULL THEN
        SELECT make_transfers(
            array_agg(keys[n] || '#1'), array_agg(kinds[n]), array_agg(ids[debits[n]]), array_agg(ids[credits[n]]),
            array_agg(amounts[n]), array_agg(account_currencies[debits[n]]), array_agg(reverses[n]), at
        ) INTO made FROM unnest(fitting) AS n;
        FOR m IN 1 .. cardinality(made) LOOP
            results[fitting[m]] := format('{"done": %s}', made[m]);
        END LOOP;
    END IF;

    INSERT INTO outcome (key, request, result, made_at)
    SELECT key, request, result, at FROM unnest(keys, requests, results, known) AS item (key, request, result, before)
    WHERE before IS NULL;
END $$;

-- As before, by the index also where its plan was made for a small table.
CREATE OR REPLACE FUNCTION keep_within_the_original() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7327, (new.reverses_id % 2147483647)::integer);
    IF (SELECT coalesce(sum(amount), 0) FROM transfer WHERE reverses_id = new.reverses_id) + new.amount
        > (SELECT amount FROM transfer WHERE id = new.reverses_id) THEN
        RAISE EXCEPTION 'reversals never exceed the original'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN new;
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
