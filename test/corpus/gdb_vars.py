"""What gdb knows of variables and types, as JSON in the file named by OUT.

    IN=request.json OUT=answer.json gdb -nx -batch -x gdb_vars.py PROGRAM

request: {"addresses": ["0x..."] | null, "file": "x.c" | "", "sample": N, "types": ["struct x", "typedef name"]}
    Without addresses, a seeded sample of N is_stmt addresses of that file (or of all files).
answer: {"addresses": {"0x...": {"blocks": [{"name": ..., "variables": [{"name", "kind", "type"}]}], "places": {name: ...}}},
         "types": {name: {"size": ..., "fields": [...]}},
         "globals": {"0x... where the unit starts": ["name: type"]}}   of the units of the addresses
    Blocks run from the innermost to the function's own. A place is what `info scope` says of the name at that
    address: "somewhere", "nowhere" or "constant".
"""
import json
import os
import random
import re

import gdb

for setting in ("pagination off", "width 0", "style enabled off"):
    gdb.execute("set " + setting)


def statements(file):
    gdb.execute("maint expand-symtabs " + file, to_string=True)
    found = set()
    for line in gdb.execute("maint info line-table " + file, to_string=True).splitlines():
        row = re.match(r"\s*\d+\s+(\d+)\s+0x([0-9a-f]+)\s+(.*)$", line)
        if row and "Y" in row.group(3) and int(row.group(1)) > 0:
            found.add(int(row.group(2), 16))
    return sorted(found)


def bare(type):
    """A type's name without its qualifiers."""
    return type.unqualified().name


def signature(type):
    """A type in words that do not depend on how C writes it; qualifiers left out."""
    code = type.code
    if code == gdb.TYPE_CODE_PTR:
        return "pointer(%s)" % signature(type.target())
    if code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
        return "reference(%s)" % signature(type.target())
    if code == gdb.TYPE_CODE_ARRAY:
        return "array[%s](%s)" % (count(type), signature(type.target()))
    if code == gdb.TYPE_CODE_TYPEDEF:
        return "typedef %s(%s)" % (bare(type), signature(type.target()))
    if code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        # gdb itself gives a type that is only declared no fields and size 0
        return "struct %s %d" % (type.unqualified().tag or "", type.sizeof)
    if code == gdb.TYPE_CODE_ENUM:
        values = ",".join("%s=%d" % (field.name.split("::")[-1], field.enumval) for field in type.fields())
        return "enum %s %d %s" % (type.unqualified().tag or "", type.sizeof, values)
    if code == gdb.TYPE_CODE_FUNC:
        return "function(%s)" % ",".join([signature(type.target())] + [signature(f.type) for f in type.fields()])
    if code == gdb.TYPE_CODE_VOID:
        return "void"
    return "base %s %d" % (ordered(bare(type)), type.sizeof)


def ordered(name):
    """`long unsigned int` and `unsigned long` are one: gdb rewrites what the compiler wrote."""
    words = name.split()
    return " ".join(sorted(word for word in words if word != "int" or len(words) == 1))


def count(type):
    try:
        low, high = type.range()
        return "" if type.dynamic or type.sizeof == 0 else str(high - low + 1)
    except gdb.error:
        return ""


def blocks(address):
    block = gdb.block_for_pc(address)
    while block is not None and not block.is_static and not block.is_global:
        variables = [
            {
                "name": symbol.print_name,
                "kind": "argument" if symbol.is_argument else "variable",
                "type": signature(symbol.type),
            }
            for symbol in block
            if not is_label(symbol)
            and (symbol.is_argument or symbol.is_variable or is_constant(symbol)
            or symbol.addr_class == gdb.SYMBOL_LOC_UNRESOLVED)
        ]
        yield {"name": block.function.print_name if block.function else None, "variables": variables}
        if block.function and is_concrete(block):
            return
        block = block.superblock


def is_concrete(block):
    """Does it start with a symbol of its own? What is around such a function (around a lambda) is another frame."""
    outer = block.superblock
    while outer is not None and outer.start != block.start:
        outer = outer.superblock
    shares = outer is not None and not outer.is_static and not outer.is_global
    return not shares and " + " not in gdb.execute("info symbol 0x%x" % block.start, to_string=True)


def is_label(symbol):
    return symbol.type is not None and symbol.type.name == "__CORE_ADDR"


def is_constant(symbol):
    """An object with a constant value; an enumerator is one too, of its own enum's type."""
    if not symbol.is_constant:
        return False
    enum = symbol.type.strip_typedefs().code == gdb.TYPE_CODE_ENUM
    return not (enum and symbol.name in [field.name for field in symbol.type.strip_typedefs().fields()])


def places(address):
    """`info scope` says it of the blocks up to the innermost function's."""
    found = {}
    entries = []
    try:
        text = gdb.execute("info scope *0x%x" % address, to_string=True)
    except gdb.error:  # gdb 13 gives up at pieces of a struct that is partly optimised out
        return found
    for line in text.splitlines():
        start = re.match(r"(?:Symbols in scope.*\.)?Symbol (\S+) is (.*)$", line)
        if start:
            entries.append((start.group(1), [start.group(2)]))
        elif entries:
            entries[-1][1].append(line)
    for name, lines in entries:
        if "a function at address" not in lines[0] and name not in found:
            found[name] = place(address, lines)
    return found


def place(address, lines):
    ranges = [re.match(r"(?:\s*Base address 0x[0-9a-f]+)?\s*Range 0x([0-9a-f]+)-0x([0-9a-f]+): (.*)$", line) for line in lines]
    if lines[0].startswith("multi-location") or any(ranges):
        here = [r.group(3) for r in ranges if r and int(r.group(1), 16) <= address < int(r.group(2), 16)]
        return "somewhere" if here and "optimized out" not in here[0] else "nowhere"
    if "optimized out" in lines[0] or lines[0].startswith("Unresolved"):
        return "nowhere"
    return "constant" if lines[0].startswith("constant") else "somewhere"


def unit_variables(address):
    """Of the whole unit: its static block and its global block."""
    block = gdb.block_for_pc(address)
    return [
        "%s: %s" % (symbol.print_name, signature(symbol.type))
        for outer in (block.static_block, block.global_block)
        for symbol in outer
        if symbol.is_variable or is_constant(symbol)
    ]


def layout(name):
    type = gdb.lookup_type(name).strip_typedefs()
    return {
        "size": type.sizeof,
        "fields": [
            {
                "name": field.name or None,
                "bit": field.bitpos,
                "bits": field.bitsize,
                "type": signature(field.type),
            }
            for field in type.fields()
            if hasattr(field, "bitpos")
        ],
    }


request = json.load(open(os.environ["IN"]))
addresses = request.get("addresses")
if addresses is None:
    random.seed(7)
    all = statements(request["file"])
    chosen = sorted(random.sample(all, min(request["sample"], len(all))))
else:
    chosen = [int(address, 16) for address in addresses]
answer = {"addresses": {}, "types": {}, "globals": {}}
for address in chosen:
    unit = gdb.block_for_pc(address).global_block.start
    if "0x%x" % unit not in answer["globals"]:
        answer["globals"]["0x%x" % unit] = unit_variables(address)
    answer["addresses"]["0x%x" % address] = {"blocks": list(blocks(address)), "places": places(address)}
for name in request.get("types", []):
    try:
        answer["types"][name] = layout(name)
    except gdb.error as error:
        answer["types"][name] = {"error": str(error)}
json.dump(answer, open(os.environ["OUT"], "w"))
