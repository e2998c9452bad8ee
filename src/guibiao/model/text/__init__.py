"""Running Chinese text: its blocks with their places, the quantities and dates in it, the names of what they measure."""
