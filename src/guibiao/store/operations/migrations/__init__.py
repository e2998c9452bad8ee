"""Changes of the operations store's tables over time (Alembic); `versions` holds one module for each."""
