"""Third form: how fast each key and address has been asking, counted once for all processes of a site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "request_rates", sa.Column("name", sa.Text, primary_key=True), sa.Column("busy_until", sa.Float(53), nullable=False)
    )  # fmt: skip
    op.create_index("ix_request_rates_busy_until", "request_rates", ["busy_until"])


def downgrade() -> None:
    """Give the counts up: they are of the last minute."""
    op.drop_table("request_rates")
