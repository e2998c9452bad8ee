"""Computed indicators: formulas and methods of the workspace over sets of observations, with what each figure rests on."""
