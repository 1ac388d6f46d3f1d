#!/usr/bin/env python3
"""Makes conto_bancario.xls with xlwt (Debian package python3-xlwt 1.3.0): an
account statement as banks export it, the movements on its second sheet.

    cd testdata && /usr/bin/python3 make_xls.py
"""
import datetime
import xlwt

HEADER = ["ABI", "CAB", "CONTO", "DIVISA", "DATA CONTABILE", "DATA VALUTA", "IMPORTO", "SEGNO", "CAUSALE",
          "NUM. ASSEGNO", "RIF. BANCA", "RIF. CLIENTE", "DESCRIZIONE", "DESCRIZIONE ESTESA"]
URI = "/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-000000000"
ROWS = [(3.59, "+", "R1", URI + "1"), (2000, "-", "R2", "STIPENDI"), (1234.56, "+", "R3", URI + "2 città"),
        (0.1 + 0.2, "+", "R4", "€ noise"), (0.005, "+", "R5", "half a cent")]

book = xlwt.Workbook()
book.add_sheet("Riepilogo").write(0, 0, "Saldo")
sheet = book.add_sheet("Movimenti")
sheet.write(0, 0, "Estratto conto")
for c, text in enumerate(HEADER):
    sheet.write(2, c, text)
day = xlwt.easyxf(num_format_str="dd/mm/yyyy")
euro = xlwt.easyxf(num_format_str='#,##0.00\\ "€"')
for r, (amount, sign, reference, text) in enumerate(ROWS, start=3):
    for c, cell in enumerate(["02008", "02017", "000101059865", "EUR"]):
        sheet.write(r, c, cell)
    sheet.write(r, 4, datetime.date(2026, 3, 12), day)
    sheet.write(r, 5, datetime.datetime(2026, 3, 11, 10, 30), day)
    sheet.write(r, 6, amount, euro)
    sheet.write(r, 7, sign)
    sheet.write(r, 8, 48)
    sheet.write(r, 10, reference)
    sheet.write(r, 13, text)
book.save("conto_bancario.xls")
