"""The text of uploaded PDFs, whatever is in them."""

import zlib
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from accounts.reading import pdf

ESCAPED = str.maketrans({"(": r"\(", ")": r"\)"})


def make_pdf(*pages: str, compress: bool = False) -> bytes:
    """A PDF by hand: a page for each text, in one of the standard fonts; a line for each line."""
    objects = [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    kids = []
    for text in pages:
        shown = [f"({line.translate(ESCAPED)}) Tj T*" for line in text.split("\n")]
        stream = "\n".join(["BT /F1 11 Tf 14 TL 50 780 Td", *shown, "ET"]).encode("cp1252")
        packed = b" /Filter /FlateDecode" if compress else b""
        stream = zlib.compress(stream) if compress else stream
        objects.append(b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(stream), packed, stream))
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent %%d 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 1 0 R >> >> >>" % (kids[-1] - 1)
        )
    root = len(objects) + 1
    objects = [each.replace(b"%d", b"%d" % root) for each in objects]
    names = " ".join(f"{number} 0 R" for number in kids).encode()
    objects.append(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (names, len(kids)))
    objects.append(b"<< /Type /Catalog /Pages %d 0 R >>" % root)
    return written(objects)


def written(objects: list[bytes]) -> bytes:
    out = BytesIO(b"%PDF-1.4\n")
    out.seek(0, 2)
    places = []
    for number, each in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, each))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n" % (len(objects) + 1, len(objects)))
    out.write(b"%d\n%%%%EOF" % table)
    return out.getvalue()


def test_spanish_words_come_out_whole_also_where_a_line_cut_them() -> None:
    text = pdf.text_of(
        make_pdf("Diseño de sensores (ópticos) para la detec-\nción de arsénico en pozos.", "Página dos")
    )
    assert "Diseño de sensores (ópticos) para la detección de arsénico en pozos." in text
    assert "Página dos" in text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"Curriculum vitae", "broken"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 20, "broken"),
        (make_pdf("12", "13"), "scanned"),
        (b"%PDF-1.4" + b" " * pdf.MOST_BYTES, "large"),
    ],
)
def test_a_file_without_words_says_why(data: bytes, why: str) -> None:
    with pytest.raises(pdf.PdfError) as refused:
        pdf.text_of(data)
    assert refused.value.why == why


@pytest.mark.parametrize(("password", "readable"), [("", True), ("secreto", False)])
def test_a_file_that_only_forbids_copying_is_read_and_one_behind_a_password_is_not(
    password: str, readable: bool
) -> None:
    writer = PdfWriter(
        clone_from=PdfReader(BytesIO(make_pdf("Laboratorio de catálisis ambiental, Saltillo")))
    )
    writer.encrypt(user_password=password, owner_password="dueña", algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    if readable:
        assert "catálisis ambiental" in pdf.text_of(out.getvalue())
        return
    with pytest.raises(pdf.PdfError, match="locked"):
        pdf.text_of(out.getvalue())


def test_a_page_that_unpacks_to_gigabytes_ends_and_leaves_this_process_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 3)
    packer = zlib.compressobj(9)
    block = b" " * 10_000_000
    bomb = b"".join(packer.compress(block) for _ in range(200)) + packer.flush()
    plain = make_pdf("x")
    start, end = plain.index(b"<< /Length"), plain.index(b"endstream")
    head = b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(bomb)
    with pytest.raises(pdf.PdfError) as refused:
        pdf.text_of(plain[:start] + head + bomb + b"\n" + plain[end:])
    assert refused.value.why in ("slow", "broken", "scanned")


def test_only_the_first_pages_of_a_thesis_are_read() -> None:
    text = pdf.text_of(
        make_pdf(*(f"Capítulo número {number} de la tesis" for number in range(pdf.MOST_PAGES + 5)))
    )
    assert f"número {pdf.MOST_PAGES - 1} de" in text
    assert f"número {pdf.MOST_PAGES} de" not in text


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 0.01)
    with pytest.raises(pdf.PdfError, match="slow"):
        pdf.text_of(make_pdf("Sensores de humedad para invernaderos"))
