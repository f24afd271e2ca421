"""What the figures are called and what each counts, in the reader's language."""

from django.utils.translation import gettext as _

GROUPS = (
    ("meet", ("challenges", "responses", "introductions_asked", "introductions_accepted")),
    ("work", ("consortia", "agreements", "funding", "gpu_hours", "cpu_hours")),
    ("people", ("retained", "returned", "people_engaged", "organisations_engaged")),
)


def group_names() -> dict[str, str]:
    return {
        "meet": _("From a challenge to a conversation"),
        "work": _("Working together"),
        "people": _("People"),
    }


def names() -> dict[str, str]:
    return {
        "challenges": _("Challenges published"),
        "responses": _("Responses submitted"),
        "introductions_asked": _("Introductions asked for"),
        "introductions_accepted": _("Introductions accepted"),
        "consortia": _("Consortia with all three helices"),
        "agreements": _("Agreements"),
        "funding": _("Funding committed (MXN)"),
        "gpu_hours": _("GPU hours allocated"),
        "cpu_hours": _("CPU hours allocated"),
        "retained": _("People who stayed"),
        "returned": _("People who came back"),
        "people_engaged": _("People engaged"),
        "organisations_engaged": _("Organisations engaged"),
    }


def definitions() -> dict[str, str]:
    return {
        "challenges": _(
            "Challenges that a curator published, whatever became of them, on the day of publication."
        ),
        "responses": _("Responses handed in and not withdrawn, on the day they were handed in."),
        "introductions_asked": _(
            "Requests for an introduction, from either side, on the day they were asked."
        ),
        "introductions_accepted": _("Requests to which the other side said yes, on the day of the answer."),
        "consortia": _(
            "Consortia in which academia, industry and government have each accepted, on the day when the "
            "last of the three did; without dissolved ones."
        ),
        "agreements": _("Agreements that projects report among their results, on the day they name."),
        "funding": _(
            "The money that awarded challenges offered, on the day of the award. Money that programmes grant "
            "outside this site is not in it."
        ),
        "gpu_hours": _("GPU hours granted on request by computing programmes, on the day of the decision."),
        "cpu_hours": _("CPU hours granted on request by computing programmes, on the day of the decision."),
        "retained": _("People who stayed in the country for a project, as projects report it."),
        "returned": _("People who came back to the country for a project, as projects report it."),
        "people_engaged": _(
            "People who asked for or answered an introduction, wrote a message, handed in a response, joined "
            "a consortium or sent a challenge to review in the last 90 days; in each month, those who did in "
            "it. Being registered does not count."
        ),
        "organisations_engaged": _(
            "Organisations for which somebody did one of these things in the last 90 days; in each month, "
            "those for which somebody did in it."
        ),
    }


def dimension_names() -> dict[str, str]:
    return {"month": _("By month"), "sector": _("By sector"), "state": _("By state")}
