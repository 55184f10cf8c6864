"""Weeks that never were, run through the routing policy and its rivals, and measured against the best in hindsight.

Pure: everything follows from the setting and the seed. The policy is the service's own code (`domain/matching.py`).
"""
