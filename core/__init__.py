"""The cashier: values, rules, commands and ports. It imports the standard library and itself.

One evening, in order:

1. `open_account`: a customer scans a seat's code (`visit`, `seat`) and opens a fund account;
2. `top_up`: they pay with the third-party payment, and each verified charge is a `lot`;
3. `order_goods`: the cart (`draft`) becomes an order whose money is on hold, and staff `serve` it;
4. `check_out`: the holds become the merchant's money, and the visit is over;
5. `refund`: what is left goes back to the payments it came from.

Around them stand: at the seat `presence` and `call`; ordering with and for others `party`, `gift` and
`enter`; what is on the menu `menu`, `options`, `hours` and `favourites`; the merchant's side `staff`,
`station` and `ordering`; visits without their customer `endings`, `idle`, `closing` and `end_visit`; what
was not right `make_good` and `case`; money that comes or goes otherwise `charge`, `notice`, `binding`,
`promotion`, `dispute`, `debt`, `stray` and `reconcile`.

A command is `async def (books, ask) -> result`. It runs once for its key, inside one transaction,
over `ports.Books`; what it refuses is in `errors`; what it moves is in `ledger`; what happens
later or outside is an `errand`; what it made is a numbered `document`.
"""
