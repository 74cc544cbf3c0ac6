"""The layout of every struct, union, class and enum that gdb finds in a program, as JSON in the file named by OUT.

    IN=request.json OUT=answer.json gdb -nx -batch -x gdb_layouts.py PROGRAM

request: {"addresses": {"0x...": "c" | "c++" | "rust"}, "names": [...]}
    An address in each function, and the language of its unit; names of types that are wanted.
answer: {name: [layout]}    all layouts of types of that name, as layout() writes them
    Types come from all blocks with code, and from the static and global blocks of their units; those of type units
    and of units without code by their names. An anonymous type is written out where it is used; an anonymous type that
    has a typedef is found by that.
"""
import json
import os

import gdb

for setting in ("pagination off", "width 0", "style enabled off", "print max-depth unlimited"):
    gdb.execute("set " + setting)

STRUCTS = (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION)
AROUND = (gdb.TYPE_CODE_PTR, gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF, gdb.TYPE_CODE_ARRAY)
MAX_DEPTH = 20


def anonymous(type):
    """The unnamed struct, union or enum that a type is made of, if it is."""
    type = type.unqualified()
    while type.code in AROUND and type.name is None:
        type = type.target().unqualified()
    return type if type.code in STRUCTS + (gdb.TYPE_CODE_ENUM,) and type.name is None else None


def described(type, depth):
    inner = anonymous(type)
    # "complete object" pointers and sizes of what is only declared mean nothing
    text = "%s %d" % (type, 0 if type.code == gdb.TYPE_CODE_FUNC else type.sizeof)
    return text if inner is None or depth == MAX_DEPTH else "%s %s" % (text, layout(inner, depth + 1))


def layout(type, depth=0):
    all = type.fields()
    own = [field for field in all if hasattr(field, "bitpos") or hasattr(field, "enumval")]
    fields = [field_text(field, depth) for field in own + [field for field in all if field not in own]]
    return "%d {%s}" % (type.sizeof, "; ".join(fields))


def field_text(field, depth):
    if hasattr(field, "enumval"):
        return "%s=%d" % (field.name, field.enumval)
    if not hasattr(field, "bitpos"):
        return "static %s %s" % (field.name, described(field.type, depth))
    place = "?" if field.bitpos is None else "%d:%d" % (field.bitpos, field.bitsize)
    kind = "base " if field.is_base_class else ""
    return "%s%s@%s %s" % (kind, field.name or "", place, described(field.type, depth))


found = {}


def record(name, type):
    found.setdefault(name, set()).add(layout(type))


def of_symbol(symbol):
    type = symbol.type
    if type is None or symbol.addr_class != gdb.SYMBOL_LOC_TYPEDEF:
        return
    inner = type
    while inner.code == gdb.TYPE_CODE_TYPEDEF:
        inner = inner.target()
    if inner.code not in STRUCTS + (gdb.TYPE_CODE_ENUM,):
        return
    if type.code != gdb.TYPE_CODE_TYPEDEF:
        if type.name is not None:
            record(type.name, type)
    elif inner.unqualified().name is None:
        record(type.name, inner)


seen = set()


def of_block(block):
    while block is not None:
        key = (block.start, block.end, block.is_static, block.is_global, str(block.function))
        if key in seen:
            return
        seen.add(key)
        for symbol in block:
            of_symbol(symbol)
        block = block.superblock


request = json.load(open(os.environ["IN"]))
tables = set()
for text, language in request["addresses"].items():
    gdb.execute("set language " + language)
    pc = int(text, 16)
    of_block(gdb.block_for_pc(pc))
    symtab = gdb.find_pc_line(pc).symtab
    if symtab is None or (symtab.fullname(), symtab.global_block().start) in tables:
        continue
    tables.add((symtab.fullname(), symtab.global_block().start))
    for row in symtab.linetable() or []:
        block = gdb.block_for_pc(row.pc)
        if block is not None:
            of_block(block)
for name in request["names"]:
    if name in found:
        continue
    for keyword in ("", "struct ", "union ", "enum "):
        try:
            type = gdb.lookup_type(keyword + name)
        except gdb.error:
            continue
        if type.strip_typedefs().code in STRUCTS + (gdb.TYPE_CODE_ENUM,):
            record(name, type.strip_typedefs())
            break
json.dump({name: sorted(layouts) for name, layouts in found.items()}, open(os.environ["OUT"], "w"))
