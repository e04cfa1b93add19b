-- older code: runs
-- Transfers are made many at a time, in few statements. All triggers and constraints stay as they were.
-- Plans are kept from when the tables were small: without the settings they would still read them whole
-- when they are large.

-- Many rows of one statement are looked at together.
CREATE OR REPLACE FUNCTION keep_to_one_currency() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM made
        JOIN account AS debit ON debit.id = made.debit_id
        JOIN account AS credit ON credit.id = made.credit_id
        WHERE debit.currency <> made.currency OR credit.currency <> made.currency
    ) THEN
        RAISE EXCEPTION 'a transfer stays within one currency'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER transfer_stays_in_its_currency ON transfer;
CREATE TRIGGER transfer_stays_in_its_currency AFTER INSERT ON transfer REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION keep_to_one_currency();

-- Locks accounts in the order given, until the commit, and makes those that are missing. What is missing is made
-- before anything is locked: so nobody waits for anybody in a circle who gives the same order.
CREATE FUNCTION lock_accounts(
    names text[], currencies text[], purses text[], floors bigint[],
    OUT ids bigint[], OUT balances bigint[], OUT helds bigint[], OUT versions bigint[]
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO account (name, currency, purse, floor)
    SELECT wanted.* FROM unnest(names, currencies, purses, floors) AS wanted (name, currency, purse, floor)
    WHERE NOT EXISTS (
        SELECT FROM account WHERE account.name = wanted.name AND account.currency = wanted.currency
        AND account.purse = wanted.purse
    )
    ON CONFLICT (name, currency, purse) DO NOTHING;
    SELECT array_agg(id), array_agg(balance), array_agg(held), array_agg(version)
    INTO ids, balances, helds, versions
    FROM (
        SELECT account.id, account.balance, account.held, account.version
        FROM unnest(names, currencies, purses) WITH ORDINALITY AS wanted (name, currency, purse, turn)
        JOIN account ON account.name = wanted.name AND account.currency = wanted.currency
            AND account.purse = wanted.purse
        ORDER BY turn FOR NO KEY UPDATE OF account
    ) AS locked;
END $$;

-- Makes transfers between locked accounts, with their entries and the new balances, all or none; returns their
-- numbers. No account may fall below its floor, nor between one of them and the next.
CREATE FUNCTION make_transfers(
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

    INSERT INTO entry (transfer_id, account_id, amount, balance_after, version)
    SELECT leg.transfer_id, account.id, leg.amount, account.balance + leg.moved, account.version + leg.place
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
    ) AS leg
    JOIN account ON account.id = leg.account_id
    WHERE account.floor IS NULL OR account.balance - account.held + leg.moved >= account.floor
    ORDER BY leg.transfer_id, leg.side;
    GET DIAGNOSTICS entered = ROW_COUNT;
    IF entered < 2 * cardinality(ids) THEN
        RAISE EXCEPTION 'available_is_above_the_floor' USING ERRCODE = 'check_violation';
    END IF;

    UPDATE account SET balance = latest.balance_after, version = latest.version
    FROM (
        SELECT DISTINCT ON (account_id) account_id, balance_after, version FROM entry
        WHERE transfer_id = ANY (ids) ORDER BY account_id, version DESC
    ) AS latest
    WHERE account.id = latest.account_id;
    RETURN ids;
END $$;

-- Does for each item what the command `make_transfer` does under its key, in the order given: *debits* and
-- *credits* are places among the accounts. Returns each item's outcome; where its key was known, also the request
-- it was known for.
CREATE FUNCTION post_many(
    names text[], account_currencies text[], purses text[], floors bigint[],
    keys text[], requests text[], kinds text[], debits integer[], credits integer[], amounts bigint[],
    reverses bigint[], at text,
    OUT known text[], OUT results text[]
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    ids bigint[];
    available bigint[];
    short bigint;
    fitting integer[];
    made bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7325, 2); -- beside all others, unless somebody must run alone
    SELECT locked.ids, ARRAY(SELECT balance - held FROM unnest(locked.balances, locked.helds) AS of (balance, held))
    INTO ids, available FROM lock_accounts(names, account_currencies, purses, floors) AS locked;
    SELECT array_agg(outcome.request), array_agg(outcome.result) INTO known, results
    FROM unnest(keys) AS asked (key) LEFT JOIN outcome ON outcome.key = asked.key;

    FOR n IN 1 .. cardinality(keys) LOOP
        CONTINUE WHEN known[n] IS NOT NULL;
        short := floors[debits[n]] - (available[debits[n]] - amounts[n]);
        IF short > 0 THEN
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

-- Returns the next number of a table whose numbers have no holes; nobody else gets one until the commit. The
-- greatest is looked for by a statement that begins once the lock is granted, and so sees all that was committed.
CREATE FUNCTION next_number(numbered regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7326, numbered::oid::integer);
    EXECUTE format('SELECT coalesce(max(id), 0) + 1 FROM %s', numbered) INTO number;
    RETURN number;
END $$;
