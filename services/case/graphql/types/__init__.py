"""The types of the schema: a class is a type, its docstring the description. Rows become these in `mapping`."""

from services.case.graphql import enums  # noqa: F401  (a type that names a word before it is known would make it anew)
