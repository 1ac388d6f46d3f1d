#!/usr/bin/env python3
"""Makes the workbooks libreoffice*.xls with LibreOffice Calc (Debian packages
libreoffice-calc-nogui 7.4, python3-uno) and, beside each, the cells it was given as the reader
must give them: one row a line, the number of the row, then its cells, parted by |.

    cd testdata && /usr/bin/python3 make_libreoffice.py
"""
import os
import subprocess
import tempfile
import time
from xml.sax.saxutils import escape

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.spreadsheet"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2">
<office:automatic-styles>
<number:date-style style:name="n1"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>
<number:date-style style:name="n2"><number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/><number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text><number:minutes number:style="long"/></number:date-style>
<number:number-style style:name="n3"><number:number number:decimal-places="2" number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:number-style>
<style:style style:name="day" style:family="table-cell" style:data-style-name="n1"/>
<style:style style:name="time" style:family="table-cell" style:data-style-name="n2"/>
<style:style style:name="money" style:family="table-cell" style:data-style-name="n3"/>
</office:automatic-styles>
<office:body><office:spreadsheet>%s<table:table table:name="Movimenti">
"""
TAIL = "</table:table></office:spreadsheet></office:body></office:document>\n"


def cell(attributes, content=""):
    return '<table:table-cell %s>%s</table:table-cell>' % (attributes, content)


def text(s):
    return cell('office:value-type="string"', "<text:p>%s</text:p>" % escape(s)), s


def number(n, style="money"):
    return cell('table:style-name="%s" office:value-type="float" office:value="%s"' % (style, n)), n


def day(d):
    return cell('table:style-name="day" office:value-type="date" office:date-value="%s"' % d), d


def moment(d, t):
    return cell('table:style-name="time" office:value-type="date" office:date-value="%sT%s"' % (d, t)), d + " " + t


def formula_text(formula, shown):
    """Calc saves no result of a formula that gives a text, whatever it is asked: the
    cell comes out empty. The workbooks of make.py and the tests have such results."""
    return cell('table:formula="of:%s" office:value-type="string" office:string-value="%s"' % (formula, escape(shown)),
                "<text:p>%s</text:p>" % escape(shown)), ""


def formula_number(formula, n):
    return cell('table:style-name="money" table:formula="of:%s" office:value-type="float" office:value="%s"' % (formula, n)), n


EMPTY = cell(""), ""


def convert(folder, source, target):
    """Opens the source, computes its formulas so that results are saved, and saves."""
    pipe = "quadra%d" % os.getpid()
    office = subprocess.Popen(["soffice", "-env:UserInstallation=file://" + folder + "/profile", "--headless", "--norestore",
                               "--accept=pipe,name=%s;urp" % pipe])
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(100):
        try:
            remote = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
            break
        except NoConnectException:
            time.sleep(0.3)
    desktop = remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
    document = desktop.loadComponentFromURL("file://" + source, "_blank", 0, (PropertyValue("Hidden", 0, True, 0),))
    document.calculateAll()
    document.storeToURL("file://" + target, (PropertyValue("FilterName", 0, "MS Excel 97", 0),))
    document.close(True)
    desktop.terminate()
    office.wait()


def save(name, rows, settings=""):
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, name + ".fods")
        with open(source, "w", encoding="utf-8") as out:
            out.write(HEAD % settings)
            for cells in rows:
                out.write("<table:table-row>%s</table:table-row>\n" % "".join(c for c, _ in cells))
            out.write(TAIL)
        convert(folder, source, os.path.abspath(name + ".xls"))
    with open(name + ".txt", "w", encoding="utf-8") as out:
        for n, cells in enumerate(rows, 1):
            shown = "|".join(s for _, s in cells).rstrip("|")
            if shown:
                out.write("%d|%s\n" % (n, shown))


HEADER = ["ABI", "CAB", "CONTO", "DIVISA", "DATA CONTABILE", "DATA VALUTA", "IMPORTO", "SEGNO",
          "CAUSALE", "NUM. ASSEGNO", "RIF. BANCA", "RIF. CLIENTE", "DESCRIZIONE", "DESCRIZIONE ESTESA"]
URI = "/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-%010d"


def statement():
    rows = [[text("Estratto conto: città, perché, più, €, Šubašić")], [EMPTY], [text(h) for h in HEADER]]
    for i, amount in enumerate(["3.59", "150", "1234.56", "-20.5", "1234567.89", "0.01"], 1):
        rows.append([text("02008"), text("02017"), text("000101059865"), text("EUR"), day("2026-03-%02d" % (11 + i)),
                     moment("2026-03-12", "10:30:00"), number(amount), text("-" if amount[0] == "-" else "+"), text("48"),
                     EMPTY, text("R%d" % i), EMPTY, text("BONIFICO"), text("è arrivato " + URI % i)])
    # Formulas: a number from numbers, saved with its result, and a text from texts.
    n = len(rows) + 1
    rows.append([text("02008"), text("02017"), text("000101059865"), text("EUR"), day("2026-03-18"), day("2026-03-18"),
                 formula_number("=[.G4]+[.G5]", "153.59"), text("+"), text("48"), EMPTY, text("R7"), EMPTY, text("BONIFICO"),
                 formula_text('=CONCATENATE(&quot;città &quot;;[.N4])', "città è arrivato " + URI % 1)])
    assert n == 10
    return rows


def many_texts():
    """More shared texts than a record of 8224 bytes holds, Western and not."""
    rows = []
    for r in range(120):
        rows.append([text("%d riga %s" % (r, "à" * (r * 3))), text("%d řádek %s" % (r, "č" * (r * 2)))])
    return rows


save("libreoffice", statement())
save("libreoffice_1904", statement(),
     '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>')
save("libreoffice_texts", many_texts())
