"""The types of the schema: a class is a type, its docstring the description. Rows become these in `mapping`."""
