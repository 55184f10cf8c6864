"""The issuer's table in the keys database: its signing keys, the private halves wrapped by the key-encryption key."""
