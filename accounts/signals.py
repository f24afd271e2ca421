"""What happened to someone, said after commit; bulk writes send none and leave it to the sweeps."""

from django.dispatch import Signal

profile_changed = Signal()  # profile_id; also when it was hidden, opted out or claimed
profile_removed = Signal()  # profile_id
person_erased = Signal()  # person_id, addresses; the row stays, without a name or an account
# Said before commit, for columns that hold the name:
organisation_renamed = Signal()  # organisation_id
