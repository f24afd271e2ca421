"""Which pages there are and who walks them; other parts bring theirs in pages_<part>.py beside this."""

from importlib import import_module
from pathlib import Path

from hubs.views.steps import STEPS
from tests.browser.addresses import (
    Address,
    challenge,
    fixed,
    introduction,
    match,
    nothing,
    organisation,
    profile,
    secret,
    set_aside,
    step,
)

PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {
        "hubs:home": nothing,
        "hubs:challenge_list": nothing,
        "hubs:challenge": challenge(),
        "hubs:challenge_around": challenge(),
        "hubs:hub_list": nothing,
        "hubs:hub": fixed("mexico"),
        "accounts:profile_list": nothing,
        "accounts:profile": profile("researcher"),
        "accounts:organisation": organisation,
        "accounts:privacy": nothing,
        "accounts:kept": nothing,
        "accounts:join": nothing,
        "accounts:join_kind researcher": fixed("researcher"),
        "accounts:join_kind startup": fixed("startup"),
        "accounts:join_kind company": fixed("company"),
        "accounts:join_kind agency": fixed("agency"),
        "accounts:join_invited": nothing,
        "account_login": nothing,
        "account_reset_password": nothing,
        "account_request_login_code": nothing,
        "match_link": secret("answer"),
        "match_link_answer": lambda country: [country.secrets["answer"], "interested"],
        "unsubscribe": secret("unsubscribe"),
        "invitation": secret("invitation"),
        "mailbox": nothing,
        "mailbox_letter": secret("letter"),
        "design": nothing,
    },
    "newcomer": {
        "accounts:home": nothing,
        "matching:my_matches": nothing,
        "hubs:challenge_new": nothing,
        "hubs:introduction_list": nothing,
        "account_email": nothing,
        "account_change_password": nothing,
        "account_logout": nothing,
        "account_reauthenticate": nothing,
        "mfa_index": nothing,
        "mfa_activate_totp": nothing,
        "mfa_list_webauthn": nothing,
        "mfa_add_webauthn": nothing,
        "usersessions_list": nothing,
    },
    "researcher": {
        "hubs:home": nothing,
        "hubs:challenge": challenge(),
        "hubs:challenge_around": challenge(),
        "accounts:home": nothing,
        "accounts:preferences": nothing,
        "accounts:erase": nothing,
        "accounts:profile_preview": profile("researcher"),
        "accounts:profile_edit": profile("researcher"),
        "accounts:profile_translations": profile("researcher"),
        "matching:my_matches": nothing,
        "matching:ask_introduction": match,
        "matching:set_aside": set_aside,
        "hubs:introduction": introduction("accepted"),
        "account_set_password": nothing,
    },
    "owner": {
        "accounts:home": nothing,
        "accounts:profile_edit": profile("owner"),
        "accounts:profile_new": fixed("company"),
        "accounts:organisation": organisation,
        "accounts:organisation_edit": organisation,
        "accounts:organisation_people": organisation,
        "accounts:organisation_invite": organisation,
        "matching:my_matches": nothing,
        "hubs:introduction_list": nothing,
        "hubs:introduction": introduction("pending"),
    },
    "official": {
        "accounts:home": nothing,
        "hubs:challenge_new": nothing,
        "hubs:challenge": challenge("draft"),
        "hubs:challenge_around": challenge(),
        **{f"hubs:challenge_edit {name}": step(name) for name in STEPS},
        "hubs:challenge_preview": challenge("draft"),
        "hubs:introduction_list": nothing,
        "hubs:introduction": introduction("pending"),
    },
    "curator": {
        "hubs:challenge": challenge("in_review"),
        "hubs:review_queue": nothing,
        "matching:suspects": nothing,
        "hubs:review": challenge("in_review"),
    },
}
# In the language of whoever holds the secret, or of the browser: not in the address's
UNPREFIXED = {"match_link", "match_link_answer", "unsubscribe", "invitation", "mailbox", "mailbox_letter"}
# They act and lead on, hand out a file, or are walked by a test of their own.
NOT_WALKED = {
    "accounts:claim",
    "accounts:data",
    "accounts:item_use",
    "accounts:signup",
    "hubs:challenge_step",
    "hubs:hub_membership",
    "matching:answer",
    "matching:decide_suspect",
}


def merge_fragments() -> None:
    """A file pages_<part>.py beside this one adds PAGES, and may add UNPREFIXED and NOT_WALKED, of its part.

    Where a role already walks a page of that name, a word behind it tells the two apart: "hubs:hub events".
    """
    for path in sorted(Path(__file__).parent.glob("pages_*.py")):
        fragment = import_module(f"tests.browser.{path.stem}")
        for role, pages in fragment.PAGES.items():
            twice = PAGES.setdefault(role, {}).keys() & pages.keys()
            assert not twice, f"{path.name}: {role} walks {twice} already"
            PAGES[role] |= pages
        UNPREFIXED.update(getattr(fragment, "UNPREFIXED", ()))
        NOT_WALKED.update(getattr(fragment, "NOT_WALKED", ()))


merge_fragments()
