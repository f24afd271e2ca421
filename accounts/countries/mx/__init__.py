"""All that is Mexico's: tables, checks, notices and challenge templates."""
