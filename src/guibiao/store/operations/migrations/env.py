"""Runs the revisions on the connection that the store opened (Alembic executes this module)."""

from __future__ import annotations

from alembic import context

from guibiao.store.operations.tables import METADATA


def run() -> None:
    """Upgrade or downgrade in the transaction of the caller."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
    with context.begin_transaction():
        context.run_migrations()


run()
