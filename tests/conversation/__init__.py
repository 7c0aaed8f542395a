"""What the bot says: pure, no loop, no storage. The tests read as dialogue."""
