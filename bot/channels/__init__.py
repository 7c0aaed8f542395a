"""The ways in and out. A channel reads its raw updates into `Arrival`, and shows an `Outgoing`; it decides nothing and stores nothing."""
