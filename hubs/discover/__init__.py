"""How the challenges are found from outside: feeds, a calendar, a list for programs. Public ones alone."""
