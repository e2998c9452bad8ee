"""Policy documents: quantified commitments and tasks, their review, and what became of them."""
