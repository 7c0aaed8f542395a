"""Conversations as functions, and the one way by which an event becomes effects. Pure: no storage, no loop, no clock, no chance."""
