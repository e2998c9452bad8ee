"""Early warning: diffusion and composite indices, turning points, lights, tests of rules."""
