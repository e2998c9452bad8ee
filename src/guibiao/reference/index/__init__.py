"""Specifications of composite indices: what a YAML file or COINr's iMeta says, as frozen objects, and what is wrong with one."""
