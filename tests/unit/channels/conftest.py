"""Prints the table of the conformance kit."""

from tests.support.conformance_table import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
