"""The tables that routing decides by, in the order they came to be."""
