"""The desk's API: one GraphQL schema over the case service's queries and commands, on HTTP, websockets and SSE."""
