"""A workbook that is pleasant to keep: named, frozen, explained, and the same bytes for the same line."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any, get_args, get_origin

from .sheets_grid import letters
from .sheets_layout import WORDS, core, sheets
from .sheets_words import note
from .sheets_write import Written

_NARROW, _WIDE = 7, 60  # widths of columns [characters]
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_SPARE_ROWS = 1000  # below the last one that offer the same choices


def packed(written: Sequence[Written]) -> bytes:
    """The sheets as a workbook's bytes, without the time at which it was made."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "twin"
    for sheet in written:
        _fill(book.create_sheet(sheet.title), sheet, written)
    raw, new = BytesIO(), BytesIO()
    book.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as again:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _DATES.sub(rb"\g<1>2000-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            again.writestr(entry, content)
    return new.getvalue()


def _fill(page: Any, sheet: Written, written: Sequence[Written]) -> None:
    """Write the cells of one sheet, and how they look."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    page.append(sheet.heads)
    for row in sheet.rows:
        page.append(row)
    grey = PatternFill("solid", start_color="DDE3EA")
    for at, path in enumerate(sheet.paths, 1):
        head = page.cell(1, at)
        head.font, head.fill = Font(bold=True), grey
        words = note(sheet.sheet, path)
        if words:
            head.comment = Comment(words, "twin", height=40 + 20 * (len(words) // 40), width=320)
        width = max(len(sheet.heads[at - 1]), *(len(str(row[at - 1])) for row in sheet.rows), 0)
        page.column_dimensions[letters(at - 1)].width = min(_WIDE, max(_NARROW, width + 2))
        for long in (page.cell(i, at) for i, row in enumerate(sheet.rows, 2) if len(str(row[at - 1])) > _WIDE):
            long.alignment = Alignment(wrap_text=True, vertical="top")
    last = letters(len(sheet.paths) - 1)
    page.freeze_panes = f"{letters(sheet.fixed)}2" if sheet.fixed < len(sheet.paths) else "A2"
    if sheet.title not in {WORDS, "line"} and sheet.rows:
        page.auto_filter.ref = f"A1:{last}{len(sheet.rows) + 1}"
    _offer_choices(page, sheet, written)


def _offer_choices(page: Any, sheet: Written, written: Sequence[Written]) -> None:
    """Lists to choose from, where there are no other words than these; anything else may be typed all the same."""
    from openpyxl.worksheet.datavalidation import DataValidation

    for at, path in enumerate(sheet.paths):
        choices = _choices(sheet, path, written)
        if choices is not None:
            offer = DataValidation(type="list", formula1=choices, allow_blank=True, showErrorMessage=False)
            offer.add(f"{letters(at)}2:{letters(at)}{len(sheet.rows) + 1 + _SPARE_ROWS}")
            page.add_data_validation(offer)


def _choices(sheet: Written, path: tuple[str, ...], written: Sequence[Written]) -> str | None:
    """The words of a column as a workbook lists them: the names of a sheet, or the words of a model."""
    kind = sheet.sheet
    if kind is None or len(path) != 1 or (kind.shape == "named" and path == kind.owners):
        return None
    named = next((s for s in sheets().values() if s.shape == "named" and s.owners == path), None)
    held = next((s for s in written if named is not None and s.title == named.title), None)
    if held is not None:
        return f"{held.title}!$A$2:$A${len(held.rows) + 1 + _SPARE_ROWS}"
    for name, field in kind.model.model_fields.items():
        found = core(field.annotation).type
        if path[0] == (field.alias or name) and str(get_origin(found)) == "typing.Literal":
            return '"' + ",".join(map(str, get_args(found))) + '"'
    return None
