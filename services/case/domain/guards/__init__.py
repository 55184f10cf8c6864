"""The guard rails: what is looked at before an answer leaves, one rule a file, each a pure function.

`looking.py` asks them all; `docs/guards.md` says what each is for.
"""
