"""Read tables, written in the transaction of the facts they follow."""
