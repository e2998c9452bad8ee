"""The expression language of formulas and rules: parse, check, then run over sets (SQL) or over one key (Decimal)."""
