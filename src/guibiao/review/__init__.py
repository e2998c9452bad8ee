"""A finished document's own numbers: which of them contradict each other."""
