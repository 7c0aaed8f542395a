"""Several processes on one PostgreSQL database: judged by what the stand-in was asked and told, and by the leases in the database."""
