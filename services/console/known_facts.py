"""Facts by the topics they are stored under: a class is known once its module is imported, which a service does anyway.

A command that reads a service's log begins without any of them.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules


def know_facts(service: str) -> None:
    """Know every fact that service may have stored."""
    domain = import_module(f"services.{service}.domain")
    for module in iter_modules(domain.__path__, f"{domain.__name__}."):
        import_module(module.name)
