"""The core's ports on a database: SQLite now, SQL kept as SQL.

`store` is what the wiring opens. `books` is what a command sees; it awaits `statement`s only, and
`sqlite` steps them through one writing connection, many commands a commit. `models` and `reports`
read through tortoise-orm on a connection of their own.
"""
