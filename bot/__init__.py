"""The machine: receives, decides in turns, stores and sends. It knows nothing of what is said (see `handlers`)."""

__version__ = "0.1.0"
