#!/usr/bin/env python3
"""Makes the workbooks of this folder with xlwt (Debian package python3-xlwt 1.3.0)
and, beside each, the cells it put there as the reader must give them: one row a
line, the number of the row, then its cells, parted by |.

    cd testdata && /usr/bin/python3 make.py
"""
import datetime
import xlwt

EURO = '#,##0.00\\ "€"'


def style(code):
    return xlwt.easyxf(num_format_str=code)


def save(book, name, rows):
    book.save(name + ".xls")
    with open(name + ".txt", "w", encoding="utf-8") as out:
        for number, cells in rows:
            text = "|".join(cells)
            out.write("%d|%s\n" % (number, text.replace("\n", "\\n")))


def bank():
    """An account statement as banks export it."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Movimenti")
    header = ["ABI", "CAB", "CONTO", "DIVISA", "DATA CONTABILE", "DATA VALUTA", "IMPORTO", "SEGNO",
              "CAUSALE", "NUM. ASSEGNO", "RIF. BANCA", "RIF. CLIENTE", "DESCRIZIONE", "DESCRIZIONE ESTESA"]
    sheet.write(0, 0, "Estratto conto — città di Prova")
    for c, h in enumerate(header):
        sheet.write(2, c, h)
    rows = [(1, ["Estratto conto — città di Prova"]), (3, header)]
    amounts = [3.59, 150, 99.9, 1234.56, 0.01, 1234567.89, 1e-7, 359, 8.1 + 0.2]
    shown = ["3.59", "150", "99.9", "1234.56", "0.01", "1234567.89", "0.0000001", "359", "8.299999999999999"]
    for i, (amount, text) in enumerate(zip(amounts, shown)):
        r = 3 + i
        day = datetime.date(2026, 3, 12) + datetime.timedelta(days=i)
        extended = "BONIFICO /PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-%010d" % (i + 1)
        for c, v in enumerate(["02008", "02017", "000101059865", "EUR"]):
            sheet.write(r, c, v)
        sheet.write(r, 4, day, style("dd/mm/yyyy"))
        sheet.write(r, 5, datetime.datetime.combine(day, datetime.time(10, 30)), style("D-MMM-YY"))
        sheet.write(r, 6, amount, style(EURO))
        sheet.write(r, 7, "+")
        sheet.write(r, 8, 48)
        sheet.write_rich_text(r, 13, [("BONIFICO ", xlwt.easyfont("bold on")), extended[len("BONIFICO "):]])
        rows.append((r + 1, ["02008", "02017", "000101059865", "EUR", day.isoformat(),
                             day.isoformat() + " 10:30:00", text, "+", "48", "", "", "", "", extended]))
    save(book, "bank", rows)


def texts():
    """More shared texts than a record holds, Western and not, of many lengths."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Testi")
    rows = []
    for r in range(40):
        cells = []
        for c in range(3):
            n = (r * 3 + c) % 37
            kind = (r + c) % 3
            text = "%d:%d " % (r, c) + ["àèìòù perché " * 3, "λόγος € ", "🙂漢字 "][kind] * (1 + n // 3)
            sheet.write(r, c, text)
            cells.append(text)
        rows.append((r + 1, cells))
    save(book, "texts", rows)


def kinds():
    """Every kind of cell, days counted from 1904, rows saved out of order."""
    book = xlwt.Workbook()
    book.dates_1904 = True
    book.add_sheet("Vuoto")
    sheet = book.add_sheet("Tipi")
    sheet.write(0, 0, True)
    sheet.write(0, 1, False)
    sheet.write(0, 3, -0.5)
    sheet.write(1, 0, None, style("0.00"))
    sheet.write(4, 1, 44631, style("yyyy-mm-dd"))
    sheet.write(4, 2, 0.75, style("hh:mm"))
    sheet.write(4, 3, 1.5, style("[h]:mm"))
    sheet.write(4, 4, 44631, style("0.00"))
    sheet.write(300, 255, 2**53)
    sheet.row(5).set_cell_error(0, "#DIV/0!")
    save(book, "kinds", [
        (1, ["TRUE", "FALSE", "", "-0.5"]),
        (5, ["", "2026-03-12", "18:00:00", "1.5", "44631"]),
        (6, ["#DIV/0!"]),
        (301, [""] * 255 + ["9007199254740992"]),
    ])


bank()
texts()
kinds()
