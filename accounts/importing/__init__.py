"""Profiles from files: read and judged row by row, then written whole or not at all."""

from .files import Problem
from .read import Defaults, Record, read
from .write import Outcome, conflicts, write

__all__ = ["Defaults", "Outcome", "Problem", "Record", "conflicts", "read", "write"]
