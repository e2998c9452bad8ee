"""The working store and the release folders: ports for the rooms, adapters for DuckDB, PostgreSQL and files. The only SQL home."""
