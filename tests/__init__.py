"""The rooms of the suite are those of the house; each file proves the behaviours its docstrings name."""
