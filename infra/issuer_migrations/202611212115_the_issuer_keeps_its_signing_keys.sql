-- The embedded issuer's signing keys. The newest signs; older ones verify until their last token has expired.
CREATE TABLE issuer_keys (
    kid             text PRIMARY KEY,
    public_jwk      text NOT NULL,
    wrapped_private bytea NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);
