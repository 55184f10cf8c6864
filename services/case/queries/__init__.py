"""What the desk asks the read tables: SQL in named files, rows as plain structs, nothing of any API."""
