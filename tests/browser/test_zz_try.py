import time
import pytest
@pytest.mark.django_db(transaction=True)
def test_x():
    from tests.browser import country
    t=time.time(); c=country.build(); print(time.time()-t, c.secrets)
    from matching.models import Match
    print(Match.objects.count())
    for r in ("owner","researcher","official","curator"):
        try: print(r, c.profile(r), Match.objects.live().filter(subject__profile=c.profile(r)).count())
        except Exception as e: print(r, e)
