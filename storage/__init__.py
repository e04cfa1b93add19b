"""The core's ports on a database: SQLite now, SQL kept as SQL.

`books` is what a command sees; it awaits `statement`s only, and `sqlite` steps them through one
writing connection, many commands a commit. `migrate` makes the schema, `rows` turns values into
rows. `models` and `reports` read through tortoise-orm on a connection of their own. `verify`, `backup`
and `export` look at one moment of the file, a `snapshot`; an export is the `journal` as `beancount` or
`hledger` writes it.
"""
