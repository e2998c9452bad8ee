"""Release, chart kinds, report, passports: what leaves the house, always from the rows of one run."""
