-- older code: runs
-- An account can be closed for good, with nothing in it: nothing moves on it any more, whoever writes. Older code
-- closes none, and is refused by the database where one is closed.

ALTER TABLE account ADD COLUMN closed_at text COLLATE "C";
ALTER TABLE account ADD CONSTRAINT closed_account_is_empty
    CHECK (closed_at IS NULL OR (balance = 0 AND held = 0));

CREATE FUNCTION stay_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a closed account stays closed' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER account_stays_closed BEFORE UPDATE OF closed_at ON account
    FOR EACH ROW WHEN (old.closed_at IS NOT NULL) EXECUTE FUNCTION stay_closed();

-- Does what lock_accounts does, which stays for older code, and says too which accounts are closed.
CREATE FUNCTION lock_standings(
    names text[], currencies text[], purses text[], floors bigint[],
    OUT ids bigint[], OUT balances bigint[], OUT helds bigint[], OUT versions bigint[],
    OUT closed boolean[]
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
    SELECT array_agg(id), array_agg(balance), array_agg(held), array_agg(version), array_agg(closed_at IS NOT NULL)
    INTO ids, balances, helds, versions, closed
    FROM (
        SELECT account.id, account.balance, account.held, account.version, account.closed_at
        FROM unnest(names, currencies, purses) WITH ORDINALITY AS wanted (name, currency, purse, turn)
        JOIN account ON account.name = wanted.name AND account.currency = wanted.currency
            AND account.purse = wanted.purse
        ORDER BY turn FOR NO KEY UPDATE OF account
    ) AS locked;
END $$;

-- As before, and no account may be closed.
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
    WHERE account.closed_at IS NULL
        AND (account.floor IS NULL OR account.balance - account.held + leg.moved >= account.floor)
    ORDER BY leg.transfer_id, leg.side;
    GET DIAGNOSTICS entered = ROW_COUNT;
    IF entered < 2 * cardinality(ids) THEN
        IF EXISTS (SELECT FROM account WHERE id = ANY (debits || credits) AND closed_at IS NOT NULL) THEN
            RAISE EXCEPTION 'closed_account_is_empty' USING ERRCODE = 'check_violation';
        END IF;
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

-- As before, and refuses what would move on a closed account, as the command does.
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
    SELECT array_agg(outcome.request), array_agg(outcome.result) INTO known, results
    FROM unnest(keys) AS asked (key) LEFT JOIN outcome ON outcome.key = asked.key;

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
