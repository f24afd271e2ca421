"""A consortium's state follows what becomes of its response."""

from django.utils import timezone

from ..models import Consortium, Response

State = Consortium.State
# Where it comes from, for each state that a response can bring it to
FROM: dict[str, tuple[str, ...]] = {
    State.RESPONDING: (State.FORMING, State.READY),
    State.READY: (State.RESPONDING,),  # withdrawn: its members may be changed again
    State.AWARDED: (State.FORMING, State.READY, State.RESPONDING),
    State.WORKING: (State.FORMING, State.READY, State.RESPONDING, State.AWARDED),
    State.COMPLETED: (State.WORKING,),
    State.DISSOLVED: (State.AWARDED, State.WORKING),  # the poster ended the work
}


def follow(response: Response, to: str) -> None:
    """Nothing where a profile responds by itself, or where the consortium stands elsewhere."""
    if response.consortium_id:
        there = Consortium.objects.filter(pk=response.consortium_id, state__in=FROM[to])
        there.update(state=to, updated_at=timezone.now())
