# Lines of a program -> the addresses of gdb's breakpoints on them, as JSON: {file: {line: [[address, line that gdb reports,
# function]]}}, addresses as signed numbers. By environment: OUT; IN, JSON: {file: [line], or null for all lines up to the last
# with code}; EXPAND, a pattern of the files whose units alone are read before, without it all.
#   OUT=o.json IN=i.json gdb -nx -batch -x gdb_lines.py PROGRAM
import json
import os
import re

import gdb

for setting in ("pagination off", "confirm off", "breakpoint pending off", "width 0", "style enabled off"):
    gdb.execute("set " + setting)
with open(os.environ["IN"]) as request:
    files = json.load(request)
gdb.execute("maint expand-symtabs " + os.environ.get("EXPAND", ""), to_string=True)



def signed(address):
    """JavaScript has the kernel's addresses exact so."""
    return address - (1 << 64) if address >> 63 else address


last_line = {}
current = None
for text in gdb.execute("maint info line-table", to_string=True).splitlines():
    symtab = re.match(r"symtab: (.*) \(\(struct", text)
    if symtab:
        current = os.path.basename(symtab.group(1))
    row = re.match(r"\s*\d+\s+(\d+)\s+0x[0-9a-f]+\s", text)
    if row and current:
        last_line[current] = max(last_line.get(current, 0), int(row.group(1)))

result = {}
for name, wanted in files.items():
    lines = result[name] = {}
    for line in wanted or range(1, last_line.get(os.path.basename(name), 0) + 1):
        try:
            breakpoint = gdb.Breakpoint("%s:%d" % (name, line), internal=True)
        except gdb.error:
            continue
        lines[line] = sorted(
            [signed(location.address), location.source[1] if location.source else 0, location.function]
            for location in breakpoint.locations
        )
        breakpoint.delete()
with open(os.environ["OUT"], "w") as out:
    json.dump(result, out)
