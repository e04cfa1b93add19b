"""The core's ports on PostgreSQL: many transactions beside each other, same commands, same results.

`store` runs each command in a transaction of its own, on `books` that lock and notice when they were
overtaken; `poster` gathers plain transfers into one call; `sealer` chains all transfers just behind.
`migrate` makes the schema and `roles` says who may do what with it. `snapshot` is one moment of it all, for
`storage.verify` and `storage.beancount`.
"""
