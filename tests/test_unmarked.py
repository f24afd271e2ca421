"""What stands bare in a template or a form is found before a reader finds it in the wrong language."""

import pytest

from deploy.unmarked import in_module, in_template, unmarked


def test_nothing_that_readers_see_escapes_the_catalogues() -> None:
    assert unmarked() == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Save</p>",
        '<a href="{{ url }}" aria-label="Next page">{{ name }}</a>',
        '<c-card title="Four ways in">{{ text }}</c-card>',
        "{% if user %}\n<p>{{ n }} matches</p>{% endif %}",
        "<script>let x</script><p>Hola</p>",
    ],
)
def test_bare_words_of_a_template_are_found(source: str) -> None:
    assert len(in_template(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "{% comment %}Attributes: title.{% endcomment %}<p>{% translate 'Save' %}</p>{# a note #}",
        "{% blocktranslate trimmed %}See <a href='{{ url }}'>the four ways in</a>.{% endblocktranslate %}",
        '<c-card title="{% translate "Home" %}" class="card--tint">TRL {{ trl }} · ORCID</c-card>',
        "<code>--accent</code><script>start()</script>",
    ],
)
def test_what_is_translated_or_has_no_words_is_left_alone(source: str) -> None:
    assert in_template(source) == []


def test_labels_and_messages_without_gettext_are_found() -> None:
    source = """
name = forms.CharField(label="Name", help_text=_("As you sign."))
orcid = models.CharField("ORCID", max_length=19)
messages.success(request, f"Saved {name}.")
messages.info(request, _("Saved."))
logger.info("Saved.")
raise ValidationError("Too long")
"""
    assert [words for _line, words in in_module(source)] == ["Name", "Saved .", "Too long"]
