-- name: lock_issuer_keys
-- Two processes that start at once must not both make the first key.
SELECT pg_advisory_xact_lock(hashtext('eender.issuer_keys'));

-- name: newest_issuer_key
SELECT kid, wrapped_private FROM issuer_keys ORDER BY created_at DESC, kid LIMIT 1;

-- name: insert_issuer_key
INSERT INTO issuer_keys (kid, public_jwk, wrapped_private) VALUES ($1, $2, $3);

-- name: issuer_public_keys
SELECT public_jwk FROM issuer_keys ORDER BY created_at DESC, kid LIMIT $1;
