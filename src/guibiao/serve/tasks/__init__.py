"""The ledger on the site: board, page of a task, what may be done to it, what is due."""
