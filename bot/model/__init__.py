"""Nouns and rules: frozen dataclasses that every other room may use.

Nothing here reads a clock, draws a random number, touches a disk or knows a channel. Time, chance and ids are handed in.
"""
