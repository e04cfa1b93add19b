"""The admins' side: merchants set up, books compared, disputes answered, strays decided about."""
