"""Changes of cells and of a table's shape: what hands, programs and ill will do to a file before it is written."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from random import Random

from tests.soak.tables import Cell, Row, Table

AWKWARD: Sequence[Cell] = (
    # numbers
    "0", "-0", "-1", "+5", "12,0", "1,50", "1.505", "1,", ",5", "1 234", "1\u00a0234", "1\u202f234,5", "12 34",
    "1  234", "9999999", "10000000", "999999999,99", "1000000000", "9" * 30, "9" * 400, "1e3", "1E999", "1_000",
    "0x1F", "٣", "１２", "²", "½", "NaN", "inf", "--1", "1-", "(1)", "12 %", "12 €", "0000000012", "1.234,56",
    "1,234.56", "1'234", "- 1",
    # other words of a cell
    "", " ", "\u00a0", "\u202f", "\t", "\u200b", "\ufeff1", "x", "O", "n", "Oui", "NON ", "vrai", "true", "Ｏ", "=1+1",
    "=SOMME(A1:A9)", "+1+1", "@SUM(1)", "-1+1", "=cmd|' /C calc'!A0", "#N/A", "#REF!", "'12", '"', '""', "a;b", "a,b",
    "a\tb", "a\nb", "a\r\nb", "a\rb", "<b>", "&amp;", "]]>", "\\N", "NULL", "None", "é", "e\u0301", "ŒUVRE", "日本",
    "😀", "\u202e21", "A" * 2000, "A" * 2001, "\u00e9" * 2000,
    # codes, days, places
    "CIL01", "cil01", " CIL02 ", "CCI03", "CIL04", "CIL05", "CIL07", "CIL08", "CIL99", "OP01", "PF01", "35", "2A", "2a",
    "1", "01", "971", "99", "assistance", "Mobilite", "ensemble", "accueil", "2005-03-31", "31/03/2005", "2005-02-30",
    "29/02/2004", "2005-3-1", "05/13/2005", "0000-01-01", "99999-01-01", "75018", "7501", "1000", "00000", "97500",
    "98000", "20 000", "2A004",
    # as a workbook or JSON holds them
    0, 1, -1, 7, 10**15, 1.5, 0.1 + 0.2, 1e15, 1e300, -0.0, 2.675, 12.000000000000002, 1000, 1000.0, 75018.0, 38442,
    Decimal("0.005"), Decimal("123456789012.345"), True, False, None, date(2005, 3, 31), date(1900, 1, 1),
)  # fmt: skip
# What names a person: in a case file nothing of it may be kept.
PERSONAL = (
    "jean.dupont@exemple.fr", "06 12 34 56 78", "+33 6 12 34 56 78", "0612345678", "1 85 05 78 006 084 36",
    "185057800608436", "12 rue des Lilas", "3 bis, avenue de la Gare",
)  # fmt: skip
STRANGE_COLUMNS = ("inconnue", "nom", "Prénom", "e-mail", "téléphone", "", " ", "nom_prenom", "commentaires", "total ")
_MORE_CELLS: Sequence[Row] = (["x"], [None], ["", "x"], [" "])

Change = Callable[[Random, Table], None]


def change_cell(draw: Random, table: Table) -> None:
    if table.rows and table.header:
        row = draw.choice(table.rows)
        if row:
            row[draw.randrange(len(row))] = draw.choice(AWKWARD)


def change_one_column(draw: Random, table: Table) -> None:
    """The same awkward thing all the way down."""
    if table.header:
        place, cell = draw.randrange(len(table.header)), draw.choice(AWKWARD)
        for row in table.rows:
            if place < len(row):
                row[place] = cell


def name_somebody(draw: Random, table: Table) -> None:
    if table.rows and table.header:
        row = draw.choice(table.rows)
        if row:
            row[draw.randrange(len(row))] = draw.choice(PERSONAL)


def rewrite_numbers(draw: Random, table: Table) -> None:
    """Numbers as a French hand writes them."""
    gap, comma = draw.choice((" ", "\u00a0", "\u202f", "")), draw.choice(",.")
    for row in table.rows:
        for place, cell in enumerate(row):
            if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
                row[place] = (
                    f"{cell:,}".replace(".", comma if comma == "." else "§").replace(",", gap).replace("§", ",")
                )


def surround_with_space(draw: Random, table: Table) -> None:
    space = draw.choice((" ", "  ", "\u00a0", "\t", "\u3000"))
    table.header = [f"{space}{name}" for name in table.header]
    for row in table.rows:
        row[:] = [f"{cell}{space}" if isinstance(cell, str) else cell for cell in row]


def shuffle_columns(draw: Random, table: Table) -> None:
    order = list(range(len(table.header)))
    draw.shuffle(order)
    table.header = [table.header[place] for place in order]
    table.rows = [[row[place] if place < len(row) else None for place in order] for row in table.rows]


def remove_column(draw: Random, table: Table) -> None:
    if table.header:
        place = draw.randrange(len(table.header))
        del table.header[place]
        for row in table.rows:
            del row[place : place + 1]


def double_column(draw: Random, table: Table) -> None:
    if table.header:
        place = draw.randrange(len(table.header))
        table.header.append(draw.choice((str.upper, str.title, str))(table.header[place]))
        for row in table.rows:
            row.append(row[place] if place < len(row) else None)


def add_column(draw: Random, table: Table) -> None:
    table.header.append(draw.choice(STRANGE_COLUMNS))
    for row in table.rows:
        row.append(draw.choice((None, "x", 1)))


def respell_header(draw: Random, table: Table) -> None:
    table.header = [draw.choice((str.upper, str.title, str.strip))(name) for name in table.header]


def double_row(draw: Random, table: Table) -> None:
    if table.rows:
        table.rows.insert(draw.randint(0, len(table.rows)), list(draw.choice(table.rows)))


def remove_row(draw: Random, table: Table) -> None:
    if table.rows:
        del table.rows[draw.randrange(len(table.rows))]


def blank_row(draw: Random, table: Table) -> None:
    blank: list[Cell] = [draw.choice((None, "", " ", "\u00a0")) for _ in table.header]
    table.rows.insert(draw.randint(0, len(table.rows)), blank)


def many_rows(draw: Random, table: Table) -> None:
    if table.rows:
        table.rows += [list(draw.choice(table.rows)) for _ in range(draw.choice((50, 300)))]


def swap_rows(draw: Random, table: Table) -> None:
    draw.shuffle(table.rows)


def long_row(draw: Random, table: Table) -> None:
    if table.rows:
        more: Row = draw.choice(_MORE_CELLS)
        draw.choice(table.rows).extend(more)


def short_row(draw: Random, table: Table) -> None:
    if table.rows:
        del draw.choice(table.rows)[-draw.randint(1, 3) :]


def lose_header(draw: Random, table: Table) -> None:
    first: Row = table.rows[0] if table.rows else []
    table.header = [] if draw.random() < 0.3 else [str(cell or "") for cell in first]


def too_many_columns(draw: Random, table: Table) -> None:
    more = draw.choice((201, 300)) - len(table.header)
    table.header += [f"c{n}" for n in range(more)]
    for row in table.rows:
        row += [None] * more


CELL_CHANGES: Sequence[Change] = (
    *[change_cell] * 8, change_one_column, name_somebody, rewrite_numbers, surround_with_space,
)  # fmt: skip
SHAPE_CHANGES: Sequence[Change] = (
    shuffle_columns, shuffle_columns, remove_column, double_column, add_column, respell_header, double_row, remove_row,
    blank_row, blank_row, many_rows, swap_rows, long_row, short_row, lose_header, too_many_columns,
)  # fmt: skip
