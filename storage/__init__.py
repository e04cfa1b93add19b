"""The core's ports on a database: SQLite, or PostgreSQL; SQL kept as SQL.

`database` opens whichever an address names. `books` is what a command sees; it awaits SQL only,
and `sqlite` runs it on one writing connection, many commands a commit; `postgres` has a transaction for
each. `migrate` makes the schema, `rows` turns values into rows. `models` and `reports`
read through tortoise-orm on a connection of their own. `verify`, `backup` and `export` look at one moment,
a `snapshot`; an export is the `journal` as `beancount` or `hledger` writes it.
"""
