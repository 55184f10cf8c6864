"""Where large things lie: sealed files by an opaque name, in JetStream's object store or in S3.

Nothing here knows what the bytes are, and nothing of a person stands in a name: whoever seals them gives both.
"""

from infra.objects.jetstream import JetStreamObjects
from infra.objects.port import Objects, ObjectsUnavailable

__all__ = ["JetStreamObjects", "Objects", "ObjectsUnavailable"]
