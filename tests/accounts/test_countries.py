"""Country packs: tables, identifiers, notices and templates are whole, and a second country is only data."""

import shutil
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils import translation

import accounts
from accounts.countries import Pack, get_pack, load_pack
from accounts.countries.tables import Table

ACCOUNTS = Path(str(accounts.__file__)).parent
TABLES = [
    "states", "fields", "broad_fields", "sectors", "sdgs", "trl", "stages", "sizes", "government_levels",
]  # fmt: skip
LANGUAGES = ["es", "en"]


@pytest.fixture
def pack() -> Pack:
    return get_pack("MX")


@pytest.fixture
def second_country(tmp_path: Path) -> Path:
    """The folder of an invented country: the same shape, other facts, no line of code."""
    folder = tmp_path / "zz"
    shutil.copytree(
        ACCOUNTS / "countries" / "mx", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    facts = yaml.safe_load((folder / "pack.yaml").read_text(encoding="utf-8"))
    facts |= {"code": "ZZ", "names": {"es": "Zeta", "en": "Zed"}, "identifiers": {}}
    (folder / "pack.yaml").write_text(yaml.safe_dump(facts, allow_unicode=True), encoding="utf-8")
    (folder / "states.csv").write_text("code,es,en\nN,Norte,North\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", TABLES)
def test_each_table_has_unique_codes_and_a_label_in_every_language(pack: Pack, name: str) -> None:
    table: Table = getattr(pack, name)
    assert len(set(table.codes)) == len(table) > 0
    for language in LANGUAGES:
        assert [code for code, _ in table.choices(language)] == list(table.codes)
        assert all(label == label.strip() != "" for _, label in table.choices(language))


def test_the_32_states_stand_in_the_order_of_the_statistics_office(pack: Pack) -> None:
    assert pack.states.codes == tuple(f"{number:02d}" for number in range(1, 33))
    expected = {
        "05": "Coahuila de Zaragoza", "06": "Colima", "07": "Chiapas", "08": "Chihuahua",
        "09": "Ciudad de México", "15": "México", "32": "Zacatecas",
    }  # fmt: skip
    assert {code: pack.states.label(code, "es") for code in expected} == expected
    assert pack.states.label("09", "en") == "Mexico City"


def test_each_state_has_its_own_iso_and_curp_code_and_a_known_time_zone(pack: Pack) -> None:
    for column in ("iso", "curp"):
        assert len({pack.states.value(code, column) for code in pack.states.codes}) == 32
    assert all(row.facts["iso"].startswith("MX-") and len(row.facts["curp"]) == 2 for row in pack.states)


@pytest.mark.parametrize(
    ("code", "winter", "summer"),
    [("23", -5, -5), ("09", -6, -6), ("08", -6, -6), ("03", -7, -7), ("26", -7, -7), ("02", -8, -7)],
)
def test_state_clocks_follow_the_law_of_2022(pack: Pack, code: str, winter: int, summer: int) -> None:
    zone = ZoneInfo(pack.states.value(code, "time_zone"))
    offsets = [datetime(2026, month, 15, tzinfo=UTC).astimezone(zone).utcoffset() for month in (1, 7)]
    assert offsets == [timedelta(hours=winter), timedelta(hours=summer)]


def test_only_the_border_state_keeps_summer_time(pack: Pack) -> None:
    zones = {row.code: ZoneInfo(row.facts["time_zone"]) for row in pack.states}
    summer = datetime(2026, 7, 15, tzinfo=UTC)
    assert [code for code, zone in zones.items() if summer.astimezone(zone).dst()] == ["02"]


def test_fields_of_science_are_6_broad_ones_and_42_under_them(pack: Pack) -> None:
    assert pack.broad_fields.codes == ("1", "2", "3", "4", "5", "6")
    sizes = {broad: sum(row.parent == broad for row in pack.fields) for broad in pack.broad_fields.codes}
    assert sizes == {"1": 7, "2": 11, "3": 5, "4": 5, "5": 9, "6": 5}
    groups = pack.field_groups("en")
    assert groups[0][0] == "Natural sciences"
    assert groups[1][1][9] == ("2.10", "Nanotechnology")
    assert sum(len(choices) for _, choices in groups) == 42


def test_the_20_sectors_are_those_of_the_national_classification(pack: Pack) -> None:
    codes = "11 21 22 23 31-33 43 46 48-49 51 52 53 54 55 56 61 62 71 72 81 93"
    assert pack.sectors.codes == tuple(codes.split())


def test_goals_levels_stages_sizes_and_orders_of_government_are_all_there(pack: Pack) -> None:
    assert pack.sdgs.codes == tuple(str(goal) for goal in range(1, 18))
    assert pack.trl.codes == tuple(str(level) for level in range(1, 10))
    assert pack.stages.codes == ("idea", "prototype", "pilot", "first_sales", "growth")
    assert pack.sizes.codes == ("micro", "small", "medium", "large")
    assert pack.government_levels.codes == ("federal", "state", "municipal", "autonomous")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_readiness_level_and_stage_is_explained(pack: Pack, language: str) -> None:
    for table in (pack.trl, pack.stages):
        assert all(table.text(code, "help", language).endswith(".") for code in table.codes)


def test_sizes_leave_no_gap_between_them(pack: Pack) -> None:
    rows = list(pack.sizes)
    for smaller, larger in pairwise(rows):
        assert int(larger.facts["min_staff"]) == int(smaller.facts["max_staff"]) + 1
    assert rows[-1].facts["max_staff"] == ""


def test_labels_follow_the_active_language_and_unknown_ones_read_the_first(pack: Pack) -> None:
    with translation.override("en"):
        assert pack.sdgs.label("6") == "Clean water and sanitation"
        assert pack.name() == "Mexico"
    with translation.override("es-mx"):
        assert dict(pack.sdgs.choices())["6"] == "Agua limpia y saneamiento"
    with translation.override(None):
        assert pack.name() == "México"
    assert pack.sdgs.label("6", "fr") == "Agua limpia y saneamiento"


def test_choices_can_be_put_in_alphabetical_order(pack: Pack) -> None:
    labels = [label for _, label in pack.states.choices("es", by_label=True)]
    assert labels[4:9] == ["Chiapas", "Chihuahua", "Ciudad de México", "Coahuila de Zaragoza", "Colima"]


def test_a_code_that_left_the_table_is_shown_as_it_stands(pack: Pack) -> None:
    assert pack.states.label("99") == "99"
    assert pack.states.value("99", "iso") == ""
    assert "99" not in pack.states
    assert "09" in pack.states


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("une-990101-aaa", None),
        ("GODE561231GR8", "GODE561231GR8"),
        (" mab-930714-8t4 ", "MAB9307148T4"),
        ("UNA 290722 7Y5", "UNA2907227Y5"),
        ("xaxx010101000", "XAXX010101000"),
        ("XEXX010101000", "XEXX010101000"),
        ("GODE561231GR9", None),
        ("GODE561331GR8", None),
        ("GODE561231", None),
        ("COMG-600703", None),
        ("", None),
    ],
)
def test_an_rfc_is_normalised_or_refused(pack: Pack, typed: str, stored: str | None) -> None:
    if stored is None:
        with pytest.raises(ValidationError) as refusal:
            pack.check("rfc", typed)
        assert str(refusal.value.code).startswith("rfc_")
        assert typed in refusal.value.messages[0]
    else:
        assert pack.check("rfc", typed) == stored


def test_a_cvu_is_digits_only(pack: Pack) -> None:
    assert pack.check("cvu", " 123456 ") == "123456"
    for typed in ("123", "123456789", "12a456", "١٢٣٤٥", ""):
        with pytest.raises(ValidationError):
            pack.check("cvu", typed)


def test_identifiers_say_what_they_are_and_whose(pack: Pack) -> None:
    assert {name: entry.holder for name, entry in pack.identifiers.items()} == {
        "rfc": "organisation",
        "cvu": "person",
    }
    for entry in pack.identifiers.values():
        for language in LANGUAGES:
            assert entry.label(language)
            assert entry.help(language).endswith(".")
    with pytest.raises(ImproperlyConfigured, match="curp"):
        pack.check("curp", "x")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("regime", "law"), [("private", "LFPDPPP"), ("public", "LGPDPPSO")])
@pytest.mark.parametrize("kind", ["privacy", "privacy_short"])
def test_each_notice_names_its_law_operator_contact_and_version(
    pack: Pack, kind: str, regime: str, law: str, language: str
) -> None:
    notice = pack.notice(kind, regime, "Laboratorio {abierto}", "datos@example.org", language)
    for part in (law, "**Laboratorio {abierto}**", "datos@example.org", "2026-11-22", "ARCO"):
        assert part in notice
    assert "{" not in notice.replace("{abierto}", "")


@pytest.mark.parametrize("regime", ["private", "public"])
def test_the_full_notice_parts_necessary_from_voluntary_purposes_and_names_the_authority(
    pack: Pack, regime: str
) -> None:
    notice = pack.notice("privacy", regime, "X", "x@example.org", "es")
    for part in (
        "Finalidades necesarias", "Finalidades voluntarias", "Emparejamiento automático",
        "Cartas de coincidencias", "oponerte", "Secretaría Anticorrupción y Buen Gobierno",
        "20 días hábiles", "15 días hábiles",
    ):  # fmt: skip
        assert part in notice


def test_an_unknown_regime_is_a_mistake_of_the_settings(pack: Pack) -> None:
    with pytest.raises(ImproperlyConfigured, match="private, public"):
        pack.notice("privacy", "martian", "X", "x", "es")


def test_challenge_templates_are_whole_in_both_languages(pack: Pack) -> None:
    spanish, english = pack.challenge_templates("es"), pack.challenge_templates("en")
    assert [template.key for template in spanish] == [template.key for template in english]
    assert len({template.key for template in spanish}) == len(spanish) >= 8
    for template in (*spanish, *english):
        assert len(template.title) <= 90
        assert len(template.summary) <= 200
        assert template.description.count("## ") == 6
        assert template.description.count("[") == template.description.count("]") >= 10
        assert set(template.sdgs) <= set(pack.sdgs.codes)


def test_template_needs_say_how_much_they_weigh_and_from_whom_they_are_sought(pack: Pack) -> None:
    for template in (*pack.challenge_templates("es"), *pack.challenge_templates("en")):
        assert 3 <= len(template.needs) <= 4
        assert any(need.weight == "must" for need in template.needs)
        for need in template.needs:
            assert need.text
            assert need.weight in {"must", "strong", "nice"}
            assert need.sought in {"academia", "startup", "company", "government", "anyone"}
    raw = yaml.safe_load((ACCOUNTS / "countries/mx/challenge_templates.yaml").read_text(encoding="utf-8"))
    # A comma in an unquoted text would split it: then a key would be left over.
    assert all(set(need) == {"es", "en", "weight", "sought"} for entry in raw for need in entry["needs"])


def test_each_table_names_its_source(pack: Pack) -> None:
    assert set(pack.sources) == set(TABLES) - {"broad_fields"}
    assert all(source["title"] and source["body"] and source["year"] for source in pack.sources.values())


def test_a_pack_is_read_once_and_found_in_either_case(pack: Pack) -> None:
    assert get_pack("mx") is pack
    assert pack.code == "MX"
    assert (pack.currency, pack.time_zone) == ("MXN", "America/Mexico_City")


@pytest.mark.parametrize("code", ["XX", "", "../mx", "mex", "M"])
def test_a_country_without_a_pack_is_a_mistake_of_the_settings(code: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        get_pack(code)


def test_a_second_country_is_only_data(second_country: Path) -> None:
    other = load_pack(second_country)
    assert other.name("en") == "Zed"
    assert other.states.choices("es") == [("N", "Norte")]
    assert other.identifiers == {}


@pytest.mark.parametrize(
    ("lines", "reason"),
    [("N,Norte,North\nN,Nada,Nothing\n", "twice"), ("N,Norte,\n", "label"), ("", "label")],
)
def test_a_broken_table_is_refused_with_its_reason(second_country: Path, lines: str, reason: str) -> None:
    header = "code,es,en\n" if lines else "code,es\nN,Norte\n"
    (second_country / "states.csv").write_text(header + lines, encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match=reason):
        load_pack(second_country)


def test_a_pack_without_one_of_its_tables_is_refused(second_country: Path) -> None:
    (second_country / "sdgs.csv").unlink()
    with pytest.raises(ImproperlyConfigured, match="not whole"):
        load_pack(second_country)


def test_a_row_under_a_code_that_is_not_there_is_refused(second_country: Path) -> None:
    (second_country / "fields.csv").write_text("code,parent,es,en\n1.1,1,Uno,One\n", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured, match="not there"):
        load_pack(second_country)


def test_the_machinery_of_packs_names_no_country() -> None:
    shared = [*(ACCOUNTS / "countries").glob("*.py"), ACCOUNTS / "identifiers.py", ACCOUNTS / "folding.py"]
    for path in shared:
        text = path.read_text(encoding="utf-8").lower()
        assert not any(word in text for word in ("mexic", "méxic", '"mx"', "rfc", "curp")), path.name
