"""The operations store: proposals, decisions, the ledger and its history, in SQLite or PostgreSQL; evidence files in a folder."""
