"""Personal data at rest: sealed in envelopes under a content key per (subject, scope), which can be destroyed.

A content key is wrapped by its subject's key, that one by the key-encryption key; both rest in a database of their own.
Destroying a key makes everything under it unreadable wherever a copy lies, in backups of the facts too.
"""

from infra.sealing.chunks import open_chunks, seal_chunks
from infra.sealing.content_key import ContentKey
from infra.sealing.envelope import SealBroken, key_id_of, open_sealed, opener, seal
from infra.sealing.kek import KekError, load_kek
from infra.sealing.key_ring import KeyMissing, KeyRing, SubjectDestroyed, migrate_keys

__all__ = [
    "ContentKey",
    "KekError",
    "KeyMissing",
    "KeyRing",
    "SealBroken",
    "SubjectDestroyed",
    "key_id_of",
    "load_kek",
    "migrate_keys",
    "open_chunks",
    "open_sealed",
    "opener",
    "seal",
    "seal_chunks",
]
