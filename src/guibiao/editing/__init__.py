"""Precedence among statements, rules on published figures, findings. Nothing here repairs a figure."""
