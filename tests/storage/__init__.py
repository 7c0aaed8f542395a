"""Storage on real SQLite files and, the same tests again, on real PostgreSQL."""
