"""Runs a program under gdb and writes what its variables hold where it first comes by some addresses.

    IN=request.json OUT=answer.json gdb -nx -batch -x gdb_values.py PROGRAM

request: {"addresses": ["0x..."], "file": "x.c" | "", "sample": N, "arguments": "...", "environment": ["NAME=value"], "directory": "...",
          "pages": N, "output": "..."}
    Link-time addresses; without them a seeded sample of N is_stmt addresses of that file (or of all files). So many pages are
    mapped before the program's first instruction, which all that is mapped later goes below.
answer: {"sampled": ["0x..."], "stops": {"0x...": {NAME: tree}}}
    Of the innermost function, inlined or not; the innermost of each name; of a reference what it refers to. A tree has a kind:
    {"kind": "integer", "value": "-1"}, "pointer" (with "bytes" in hex up to a NUL where it is to characters), "enum" (with
    "name" and "size"), "float" (with "size"), "characters" (with "bytes"), "struct" (with "members"), "array" (with "elements"), "nowhere" (optimised
    out), "synthetic" (a pointer to what is nowhere in memory), "error" (with gdb's "message"), "unsupported".
"""
import json
import os
import random
import re

import gdb

for setting in (
    "pagination off",
    "confirm off",
    "width 0",
    "style enabled off",
    "startup-with-shell on",
    "disable-randomization on",
    "breakpoint always-inserted on",
    "print elements 4",
    "max-value-size unlimited",
    "debuginfod enabled off",
):
    gdb.execute("set " + setting)

MAX_DEPTH = 8
MAX_ELEMENTS = 200
MAX_STRING = 160
REFERENCE_CODES = (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF)
CHARACTER_CODES = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_CHAR)


def statements(file):
    gdb.execute("maint expand-symtabs " + file, to_string=True)
    found = set()
    for line in gdb.execute("maint info line-table " + file, to_string=True).splitlines():
        row = re.match(r"\s*\d+\s+(\d+)\s+0x([0-9a-f]+)\s+(.*)$", line)
        if row and "Y" in row.group(3) and int(row.group(1)) > 0:
            found.add(int(row.group(2), 16))
    return sorted(found)


def load_bias(linked):
    """How far the program is from its link-time addresses: `linked` is the entry point before it ran."""
    text = gdb.execute("info files", to_string=True)
    return int(re.search(r"Entry point: 0x([0-9a-f]+)", text).group(1), 16) - linked


def tree(value, depth=0):
    try:
        return tree_of(value, value.type.strip_typedefs(), depth)
    except (gdb.error, RuntimeError, OverflowError, ValueError, TypeError) as error:
        return {"kind": "synthetic" if "synthetic" in str(error) else "error", "message": str(error)}


def tree_of(value, type, depth):
    code = type.code
    if code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        members = {}
        if depth < MAX_DEPTH:
            add_members(members, value, type, depth)
        return {"kind": "struct", "members": members}
    if code == gdb.TYPE_CODE_ARRAY:
        return array(value, type, depth)
    if value.is_optimized_out:
        return {"kind": "nowhere"}
    if code in REFERENCE_CODES:
        return {"kind": "pointer", "value": str(int(value.referenced_value().address))}
    if code == gdb.TYPE_CODE_PTR:
        return pointer(value, type)
    if code == gdb.TYPE_CODE_ENUM:
        return {"kind": "enum", "value": str(int(value)), "name": value.format_string(), "size": type.sizeof}
    if code == gdb.TYPE_CODE_FLT:
        return {"kind": "float", "value": repr(float(value)), "size": type.sizeof}
    if code in (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_CHAR, gdb.TYPE_CODE_BOOL):
        return {"kind": "integer", "value": str(int(value))}
    return {"kind": "unsupported"}


def add_members(members, value, type, depth):
    """Members of anonymous structs and unions count as the struct's own."""
    for field in type.fields():
        if not hasattr(field, "bitpos"):
            continue
        inner = value[field]
        if field.name:
            if field.name not in members:
                members[field.name] = tree(inner, depth + 1)
        elif inner.type.strip_typedefs().code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
            add_members(members, inner, inner.type.strip_typedefs(), depth + 1)


def array(value, type, depth):
    low, high = type.range()
    count = high - low + 1
    element = type.target().strip_typedefs()
    if is_character(element) and element.name == "char":
        if value.is_optimized_out:
            return {"kind": "nowhere"}
        whole = bytes(int(value[low + i]) & 255 for i in range(count))
        return {"kind": "characters", "bytes": whole.split(b"\0")[0].hex()}
    if depth >= MAX_DEPTH or count <= 0:
        return {"kind": "array", "elements": []}
    return {"kind": "array", "elements": [tree(value[low + i], depth + 1) for i in range(min(count, MAX_ELEMENTS))]}


def pointer(value, type):
    if "synthetic pointer" in value.format_string(symbols=False):
        return {"kind": "synthetic"}
    found = {"kind": "pointer", "value": str(int(value))}
    if is_character(type.target().strip_typedefs()):
        found["bytes"] = text_at(int(value))
    return found


def is_character(type):
    return type.code in CHARACTER_CODES and type.sizeof == 1


def text_at(address):
    """None where it cannot be read."""
    for length in (MAX_STRING, None):
        try:
            if length is None:
                length = 4096 - address % 4096
            read = bytes(gdb.selected_inferior().read_memory(address, length))
            return read.split(b"\0")[0].hex()
        except gdb.MemoryError:
            pass
    return None


def variables(address):
    frame = gdb.newest_frame()
    block = gdb.block_for_pc(address)
    found = {}
    while block is not None and not block.is_static and not block.is_global:
        for symbol in block:
            if (symbol.is_variable or symbol.is_argument) and symbol.print_name not in found:
                if symbol.type.name == "__CORE_ADDR":
                    continue
                try:
                    value = symbol.value(frame)
                    is_reference = value.type.strip_typedefs().code in REFERENCE_CODES
                    found[symbol.print_name] = tree(value.referenced_value() if is_reference else value)
                except (gdb.error, RuntimeError) as error:
                    found[symbol.print_name] = {"kind": "error", "message": str(error)}
        if block.function:
            break
        block = block.superblock
    return found


MMAP = {"rax": 9, "rdi": 0, "rdx": 0, "r10": 0x22, "r8": -1, "r9": 0}  # anonymous and private


def map_pages(count):
    """By a system call that the program itself makes, where it stands."""
    saved = {name: int(gdb.parse_and_eval("$" + name)) for name in (*MMAP, "rsi", "rcx", "r11", "rip")}
    inferior = gdb.selected_inferior()
    code = bytes(inferior.read_memory(saved["rip"], 2))
    inferior.write_memory(saved["rip"], b"\x0f\x05")
    for name, value in {**MMAP, "rsi": 4096 * count}.items():
        gdb.execute("set $%s = %d" % (name, value))
    gdb.execute("stepi", to_string=True)
    mapped = int(gdb.parse_and_eval("$rax"))
    inferior.write_memory(saved["rip"], code)
    for name, value in saved.items():
        gdb.execute("set $%s = %d" % (name, value))
    if mapped <= 0:
        raise gdb.GdbError("mmap: %d" % mapped)


request = json.load(open(os.environ["IN"]))
chosen = [int(address, 16) for address in request["addresses"]]
if not chosen:
    random.seed(11)
    every = statements(request["file"])
    chosen = sorted(random.sample(every, min(request["sample"], len(every))))
linked = int(re.search(r"Entry point: 0x([0-9a-f]+)", gdb.execute("info files", to_string=True)).group(1), 16)
gdb.execute("set exec-wrapper env -i " + " ".join(request["environment"]))
gdb.execute("cd " + request["directory"], to_string=True)
gdb.execute("starti %s > %s 2>&1 < /dev/null" % (request["arguments"], request["output"]), to_string=True)
bias = load_bias(linked)
if request["pages"]:
    map_pages(request["pages"])
for address in chosen:
    gdb.execute("tbreak *0x%x" % (bias + address), to_string=True)
stops = {}
while True:
    try:
        gdb.execute("continue", to_string=True)
        pc = gdb.newest_frame().pc()
    except gdb.error:
        break
    stops["0x%x" % (pc - bias)] = variables(pc)
json.dump({"sampled": ["0x%x" % address for address in chosen], "stops": stops}, open(os.environ["OUT"], "w"))
