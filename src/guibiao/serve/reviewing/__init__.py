"""Documents handed in by editors: review of their figures, proposals of targets and tasks beside their words."""
