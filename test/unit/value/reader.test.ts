import assert from 'node:assert/strict';
import { lowerSite, type SiteCapture } from '../../../adapter/capture/site';
import { RECORD_HEADER_SIZE } from '../../../adapter/capture/recordLayout';
import type { Location, Operation } from '../../../adapter/dwarf/location';
import type { Type } from '../../../adapter/dwarf/type';
import { compileReader } from '../../../adapter/value/reader';
import type { SymbolLookup } from '../../../adapter/value/symbol';
import type { NamedValue, RenderedValue } from '../../../adapter/value/value';
import { memory, record, type Target } from '../capture/interpreter';
import { assertNumbers } from './numbers';
import {
  array,
  base,
  baseClass,
  bitField,
  bool,
  char,
  constant,
  context,
  double,
  enumeration,
  expression,
  float,
  inRegister,
  int,
  int128,
  long,
  member,
  node,
  pointer,
  reference,
  short,
  signedChar,
  struct,
  typedef,
  union,
  unsignedChar,
  unsignedInt,
  unsignedLong,
  variable,
} from '../expression/types';

const AT = 0x7fff_0000_0000n;
const STRING = 0x6000_0000n;
const onStack: Location = expression({ op: 'registerOffset', register: 7, offset: 0 });

/** Bytes of these parts, one after the other, text as it is. */
const bytes = (...parts: (Uint8Array | string | number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  );
const u64 = (value: bigint): Uint8Array =>
  new Uint8Array(BigUint64Array.of(BigInt.asUintN(64, value)).buffer);
const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const f64 = (value: number): Uint8Array => new Uint8Array(Float64Array.of(value).buffer);
const f32 = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);

const LIMITS = { bytesPerHit: 1024, stringBytes: 32 };

function site(type: Type, location: Location, limits = LIMITS): SiteCapture {
  const x = variable('x', type, location);
  return lowerSite([{ variable: x }], context([x]), limits);
}

function readSite(captured: SiteCapture, target: Target): NamedValue[] {
  const { view, offset } = record(captured.program.captures, target);
  const values = compileReader(captured)(view, offset);
  assertNumbers(captured, view, offset, values);
  return values;
}

const targetOf = (...regions: { at: bigint; bytes: Uint8Array }[]): Target => ({
  registers: { sp: AT, ax: AT },
  loadBias: 0n,
  read: memory(...regions),
});

/** The value of a variable whose bytes are on the stack; `pointee` is the memory at STRING. */
function read(
  type: Type,
  content: Uint8Array,
  pointee: Uint8Array = new Uint8Array(0),
  limits = LIMITS,
): RenderedValue {
  const [{ name, ...value }] = readSite(
    site(type, onStack, limits),
    targetOf({ at: AT, bytes: content }, { at: STRING, bytes: pointee }),
  ) as [NamedValue];
  assert.equal(name, 'x');
  return value;
}

const text = (...of: Parameters<typeof read>): string => {
  const value = read(...of);
  return 'value' in value ? value.value : `<${value.unavailable.code}>`;
};

const colour = enumeration('colour', { RED: 0, GREEN: 5, BLUE: 6 });
const access = enumeration('access', { NONE: 0, READ: 1, WRITE: 2, RUN: 4 });
const point = struct('point', 8, [member('x', 0, int), member('y', 4, int)]);

describe('a value is shown', () => {
  const scalars: [string, Type, Uint8Array, string][] = [
    ['int', int, u32(-5), '-5'],
    ['unsigned int', unsignedInt, u32(-5), '4294967291'],
    ['short', short, bytes([0xff, 0x7f]), '32767'],
    ['long', long, u64(-(2n ** 63n)), '-9223372036854775808'],
    ['long around 2^53', long, u64(2n ** 53n + 1n), '9007199254740993'],
    ['long around -2^53', long, u64(-(2n ** 53n) - 1n), '-9007199254740993'],
    ['unsigned long', unsignedLong, u64(2n ** 64n - 1n), '18446744073709551615'],
    ['__int128', int128, bytes(u64(1n), u64(-1n)), String(-(2n ** 64n) + 1n)],
    ['char', char, bytes('a'), "97 'a'"],
    ['char, quote', char, bytes("'"), "39 '\\''"],
    ['char, double quote', char, bytes('"'), `34 '"'`],
    ['char, NUL', char, bytes([0]), "0 '\\000'"],
    ['char, negative', char, bytes([0xff]), "-1 '\\377'"],
    ['char through a typedef', typedef('letter', constant(char)), bytes('\n'), "10 '\\n'"],
    ['signed char, a small integer', signedChar, bytes([0xff]), '-1'],
    ['unsigned char, a small integer', typedef('uint8_t', unsignedChar), bytes([0xff]), '255'],
    ['char16_t', base('char16_t', 2, 'utf'), bytes([0xac, 0x20]), "8364 u'€'"],
    ['char32_t', base('char32_t', 4, 'utf'), u32(0x1f600), "128512 U'😀'"],
    ['char32_t that is none', base('char32_t', 4, 'utf'), u32(0xffffffff), "4294967295 U'\\Uffffffff'"],
    ["C's wchar_t", typedef('letter', typedef('wchar_t', int)), u32(0x20ac), "8364 L'€'"],
    ["C's char16_t", typedef('char16_t', base('unsigned short', 2, 'unsigned')), bytes([0x61, 0]), "97 u'a'"],
    ['bool', bool, bytes([1]), 'true'],
    ['bool', bool, bytes([0]), 'false'],
    ['bool that is neither', bool, bytes([2]), '2'],
    ['enum by name', colour, u32(6), 'BLUE'],
    ['enum without a name', colour, u32(3), '3'],
    ['enum flags', access, u32(6), 'WRITE | RUN'],
    ['enum flags, none', access, u32(0), 'NONE'],
    ['enum flags and more', access, u32(9), '9'],
    ['enum flags, two of them', enumeration('two', { A: 1, B: 2 }), u32(3), 'A | B'],
    ['enum that only counts', enumeration('three', { A: 1, B: 2, C: 3 }), u32(6), '6'],
    ['enum, negative', { ...enumeration('sign', { MINUS: -1 }), signed: true }, u32(-1), 'MINUS'],
    ['pointer', pointer(int), u64(0x7fff_1234_5678n), '0x7fff12345678'],
    ['pointer, null', pointer(int), u64(0n), '0x0'],
    ['pointer into the kernel', pointer(int), u64(-(2n ** 47n)), '0xffff800000000000'],
    ['double', double, f64(0.1), '0.1'],
    ['double, large', double, f64(1e300), '1e+300'],
    ['double, -0', double, f64(-0), '-0'],
    ['double, inf', double, f64(-Infinity), '-inf'],
    ['double, nan', double, u64(0x7ff8_0000_0000_0000n), 'nan(0x8000000000000)'],
    ['double, -nan', double, u64(-1n), '-nan(0xfffffffffffff)'],
    ['float', float, f32(0.1), '0.1'],
    ['float, minus zero', float, f32(-0), '-0'],
    ['float of nine digits', float, f32(16777217.5), '16777218'],
    ['float, smallest', float, u32(1), '1e-45'],
    ['float, largest', float, f32(3.4028234663852886e38), '3.4028235e+38'],
    ['float, nan', float, u32(0xffc00000), '-nan(0x400000)'],
  ];
  for (const [name, type, content, shown] of scalars) {
    it(`${name}: ${shown}`, () => {
      assert.equal(text(type, content), shown);
    });
  }

  it('float: every one reads back as itself', () => {
    for (let bits = 1; bits < 0x7f80_0000; bits += 0x1_2345) {
      const shown = Number(text(float, u32(bits)));
      assert.equal(new Uint32Array(Float32Array.of(shown).buffer)[0], bits);
    }
  });

  it('with its type', () => {
    assert.deepEqual(read(int, u32(1)), { value: '1', type: 'int' });
  });
});

describe('a string is shown', () => {
  const strings: [string, Uint8Array, string][] = [
    ['empty', bytes([0]), '""'],
    ['plain', bytes('abc\0xyz'), '"abc"'],
    [
      'with quotes and controls',
      bytes('a"b\\c\'\n\t\r\x07\x1b\x7f1\0'),
      `"a\\"b\\\\c'\\n\\t\\r\\a\\033\\1771"`,
    ],
    ['in UTF-8', bytes(Buffer.from('größe €😀\0')), '"größe €😀"'],
    [
      'not in UTF-8',
      bytes([0xe4, 0x61, 0xc3, 0x28, 0xff, 0xed, 0xa0, 0x80, 0xc0, 0x80, 0]),
      '"\\344a\\303(\\377\\355\\240\\200\\300\\200"',
    ],
    [
      'with what does not show',
      bytes(Buffer.from('a\u200b\u202eb\u2028\0')),
      '"a\\342\\200\\213\\342\\200\\256b\\342\\200\\250"',
    ],
  ];
  for (const [name, content, shown] of strings) {
    it(`${name}: ${shown}`, () => {
      assert.equal(text(pointer(char), u64(STRING), content), shown);
      assert.equal(text(array(char, content.length), content), shown);
    });
  }

  it('through any pointer to characters', () => {
    for (const target of [constant(char), typedef('xmlChar', unsignedChar), base('char8_t', 1, 'utf')]) {
      assert.equal(text(pointer(target), u64(STRING), bytes('hi\0')), '"hi"');
    }
  });

  it('cut at its limit, with dots, and never in the middle of a character', () => {
    const fits = 'x'.repeat(30);
    assert.equal(text(pointer(char), u64(STRING), bytes(fits, '\0')), `"${fits}"`);
    assert.equal(text(pointer(char), u64(STRING), bytes(fits, 'y\0')), `"${fits}"...`);
    assert.equal(text(pointer(char), u64(STRING), bytes('x'.repeat(100))), `"${fits}"...`);
    assert.equal(
      text(pointer(char), u64(STRING), bytes('x'.repeat(29), Buffer.from('€uro\0'))),
      `"${'x'.repeat(29)}"...`,
    );
  });

  const wchar = base('wchar_t', 4, 'signed');
  const wide: [string, Type, Uint8Array, string][] = [
    ['wchar_t', wchar, Buffer.from('a\0\0\0€ \0\0\0\0\0\0x', 'utf16le').subarray(0, 16), 'L"a"'],
    ['char16_t', base('char16_t', 2, 'utf'), Buffer.from('€ "😀"\n\0x', 'utf16le'), 'u"€ \\"😀\\"\\n"'],
    ['char32_t', base('char32_t', 4, 'utf'), bytes(u32(0x1f600), u32(0x110000), u32(0)), 'U"😀\\U00110000"'],
    ['char8_t', base('char8_t', 1, 'utf'), Buffer.from('grün\0'), '"grün"'],
    ['half a pair', base('char16_t', 2, 'utf'), bytes([0x3d, 0xd8, 0x41, 0, 0, 0]), 'u"\\ud83dA"'],
    ["C's wchar_t", typedef('wchar_t', int), bytes(u32(0x100), u32(0)), 'L"Ā"'],
    ["C's char16_t", typedef('char16_t', typedef('uint_least16_t', base('short', 2, 'unsigned'))), bytes([0, 1, 0, 0]), 'u"Ā"'],
    ['an integer', typedef('code', int), bytes(u32(0x100), u32(0)), '0x60000000'],
    ["Rust's char", base('char', 4, 'utf'), bytes(u32(0x100), u32(0)), '0x60000000'],
  ]; // prettier-ignore
  for (const [name, character, content, shown] of wide)
    it(`up to its NUL, of ${name}`, () => {
      // Nothing is behind it, as at the end of a page.
      const at = BigInt(0x1000 - content.length);
      const target = targetOf({ at: AT, bytes: u64(STRING + at) }, { at: STRING + at, bytes: content });
      const [value] = readSite(site(pointer(constant(character)), onStack), target);
      assert.ok(value && 'value' in value);
      assert.equal(value.value, shown === '0x60000000' ? `0x${(STRING + at).toString(16)}` : shown);
    });

  it('of wide characters, cut at its limit, and the pointer where it goes on behind a page', () => {
    const text16 = (...content: string[]): string =>
      text(pointer(base('char16_t', 2, 'utf')), u64(STRING), Buffer.from(content.join(''), 'utf16le'));
    assert.equal(text16('x'.repeat(15), '\0'), `u"${'x'.repeat(15)}"`);
    assert.equal(text16('x'.repeat(16), '\0'), `u"${'x'.repeat(16)}"...`);
    assert.equal(text16('x'.repeat(15), '😀'), `u"${'x'.repeat(15)}"...`);
    const wide = pointer(wchar);
    assert.equal(text(wide, u64(0n)), '0x0');
    const target = targetOf(
      { at: AT, bytes: u64(STRING - 8n) },
      { at: STRING - 8n, bytes: bytes(u32(0x61), u32(0x62)) },
    );
    const [value] = readSite(site(wide, onStack), target);
    const address = (STRING - 8n).toString(16);
    assert.deepEqual(value, { name: 'x', value: `0x${address} <not readable>`, type: 'wchar_t *' });
  });

  it('an array of wide characters like one of bytes', () => {
    const wides = bytes(u32(0x61), u32(0xe4), u32(0), u32(0x62));
    assert.equal(text(array(wchar, 4), wides), 'L"aä"');
    assert.equal(text(array(wchar, 2), wides), 'L"aä"');
    const limits = { bytesPerHit: RECORD_HEADER_SIZE + 8, stringBytes: 32 };
    assert.equal(text(array(wchar, 4), wides, bytes(), limits), 'L"aä"...');
  });

  it('0x0 for a null pointer, the pointer where there is no string', () => {
    assert.equal(text(pointer(char), u64(0n)), '0x0');
    assert.equal(text(pointer(char), u64(1n)), '0x1 <not readable>');
    // As many digits as a number of JavaScript does not hold.
    assert.equal(text(pointer(char), u64(0x48e5_8948_5541_5401n)), '0x48e5894855415401 <not readable>');
  });

  it('an array without a NUL whole, an array that is cut with dots', () => {
    assert.equal(text(array(char, 4), bytes('abcd')), '"abcd"');
    const limits = { bytesPerHit: RECORD_HEADER_SIZE + 16, stringBytes: 32 };
    assert.equal(text(array(char, 40), bytes('x'.repeat(40)), bytes(), limits), `"${'x'.repeat(16)}"...`);
    assert.equal(text(array(char, 40), bytes('abc\0', 'x'.repeat(36)), bytes(), limits), '"abc"');
  });
});

describe('structs and arrays are shown', () => {
  it('as trees, with a summary', () => {
    const content = bytes(u32(7), u32(0), u64(STRING), u64(0n), f64(0.5), 'tag\0zzzz');
    assert.deepEqual(read(node, content), {
      value: '{id = 7, name = 0x60000000, next = 0x0, weight = 0.5, tag = "tag"}',
      type: 'struct node',
      children: [
        { name: 'id', value: '7', type: 'int' },
        { name: 'name', value: '0x60000000', type: 'const char *' },
        { name: 'next', value: '0x0', type: 'struct node *' },
        { name: 'weight', value: '0.5', type: 'double' },
        { name: 'tag', value: '"tag"', type: 'char [8]' },
      ],
    });
    assert.deepEqual(read(array(point, 2), bytes(u32(1), u32(2), u32(3), u32(4))), {
      value: '{{x = 1, y = 2}, {x = 3, y = 4}}',
      type: 'struct point [2]',
      children: [
        { name: '[0]', value: '{x = 1, y = 2}', type: 'struct point', children: [{ name: 'x', value: '1', type: 'int' }, { name: 'y', value: '2', type: 'int' }] },
        { name: '[1]', value: '{x = 3, y = 4}', type: 'struct point', children: [{ name: 'x', value: '3', type: 'int' }, { name: 'y', value: '4', type: 'int' }] },
      ],
    }); // prettier-ignore
  });

  const shapes: [string, Type, Uint8Array, string][] = [
    ['array of arrays', array(array(short, 2), 2), bytes([1, 0, 2, 0, 3, 0, 4, 0]), '{{1, 2}, {3, 4}}'],
    ['unsigned char array, numbers', array(unsignedChar, 3), bytes([1, 0, 255]), '{1, 0, 255}'],
    ['empty array', array(int, 0), bytes(), '{}'],
    ['union', union('u', 4, [member('i', 0, int), member('f', 0, float)]), f32(1), '{i = 1065353216, f = 1}'],
    [
      'anonymous member',
      struct('s', 8, [member('a', 0, int), member(undefined, 4, union(undefined, 4, [member('b', 0, int)]))]),
      bytes(u32(1), u32(2)),
      '{a = 1, b = 2}',
    ],
    [
      'base class',
      struct('D', 12, [baseClass(point, 0), member('z', 8, int)]),
      bytes(u32(1), u32(2), u32(3)),
      '{point = {x = 1, y = 2}, z = 3}',
    ],
    [
      'bit fields',
      struct('b', 8, [
        bitField('low', 0, unsignedInt, 0, 3),
        bitField('neg', 0, int, 3, 4),
        bitField('far', 0, unsignedLong, 7, 40),
      ]),
      u64((0xff_1234_5678n << 7n) | (0xen << 3n) | 5n),
      '{low = 5, neg = -2, far = 1095522080376}',
    ],
    [
      'flexible array',
      struct('f', 4, [member('n', 0, int), member('data', 4, array(int, undefined))]),
      u32(2),
      '{n = 2, data = <unavailable>}',
    ],
    ['reference in a struct', struct('r', 8, [member('ref', 0, reference(int))]), u64(0x10n), '{ref = 0x10}'],
  ];
  for (const [name, type, content, shown] of shapes) {
    it(`${name}: ${shown}`, () => {
      assert.equal(text(type, content), shown);
    });
  }

  it('with dots where the record has no room for the rest', () => {
    const limits = { bytesPerHit: RECORD_HEADER_SIZE + 16, stringBytes: 32 };
    const content = new Uint8Array(400);
    assert.equal(text(array(int, 100), content, bytes(), limits), '{0, 0, 0, 0...}');
    const wide = struct('wide', 24, [member('a', 0, long), member('b', 8, long), member('c', 16, long)]);
    assert.equal(text(wide, content, bytes(), limits), '{a = 0, b = 0, c = <unavailable>}');
  });

  it('bounded in text, elements and depth', () => {
    const many = text(array(unsignedChar, 900), new Uint8Array(900).fill(200));
    assert.ok(many.length < 520 && many.endsWith('...}'), many);
    const value = read(array(unsignedChar, 900), new Uint8Array(900));
    assert.ok('children' in value && value.children.length === 200);
    let deep: Type = int;
    for (let i = 0; i < 20; i++) deep = struct('s', 4, [member('m', 0, deep)]);
    assert.match(text(deep, u32(1)), /^(\{m = ){8}\{\.\.\.\}{8}\}$/);
  });
});

describe('a record is read', () => {
  it('by expression, each from its own fields; a fault hides only what it hit', () => {
    const variables = [
      variable('a', int, inRegister(1)),
      variable('s', pointer(char), inRegister(2)),
      variable('bad', int, expression({ op: 'registerOffset', register: 3, offset: 0 })),
      variable('x', double, inRegister(17)),
      variable('k', int, { kind: 'constant', bytes: u64(-4n) }),
      variable('z', point, inRegister(8)),
    ];
    const captured = lowerSite(
      variables.map((each) => ({ variable: each })),
      context(variables),
      LIMITS,
    );
    const registers = { dx: 0xffff_ffff_0000_0001n, cx: STRING, bx: 8n, r8: 0x2_0000_0001n };
    const target = { registers, loadBias: 0n, read: memory({ at: STRING, bytes: bytes('text\0') }) };
    assert.deepEqual(readSite(captured, target), [
      { name: 'a', value: '1', type: 'int' },
      { name: 's', value: '"text"', type: 'char *' },
      { name: 'bad', unavailable: { code: 'pageNotPresent' }, type: 'int' },
      { name: 'x', unavailable: { code: 'vectorRegister' }, type: 'double' },
      { name: 'k', value: '-4', type: 'int' },
      { name: 'z', value: '{x = 1, y = 2}', type: 'struct point', children: [{ name: 'x', value: '1', type: 'int' }, { name: 'y', value: '2', type: 'int' }] },
    ]); // prettier-ignore
  });

  it('with faults of the captures above the 32nd too', () => {
    const variables = Array.from({ length: 40 }, (_, i) =>
      variable(
        `v${String(i)}`,
        int,
        expression({ op: 'constant', value: AT + (i === 35 ? 0x1000n : BigInt(4 * i)) }),
      ),
    );
    const captured = lowerSite(
      variables.map((each) => ({ variable: each })),
      context(variables),
      LIMITS,
    );
    const target = targetOf({
      at: AT,
      bytes: new Uint8Array(Int32Array.from({ length: 40 }, (_, i) => i).buffer),
    });
    const values = readSite(captured, target).map((value) => ('value' in value ? Number(value.value) : -1));
    assert.deepEqual(
      values,
      Array.from({ length: 40 }, (_, i) => (i === 35 ? -1 : i)),
    );
  });
});

describe('a struct in pieces', () => {
  const three = struct('three', 24, [
    member('a', 0, long),
    member('b', 8, int),
    member('c', 12, int),
    member('d', 16, array(char, 8)),
  ]);
  const piece = (size: number): Operation => ({ op: 'piece', bitSize: 8 * size, bitOffset: 0 });
  const location = expression(
    { op: 'register', register: 0 }, piece(8), piece(4), { op: 'constant', value: 9n }, { op: 'stackValue' }, piece(4),
    { op: 'registerOffset', register: 7, offset: 0 }, piece(8),
  ); // prettier-ignore
  const text = (value: RenderedValue): string => ('value' in value ? value.value : value.unavailable.code);
  const members = (target: Target): string[] => {
    const [x] = readSite(site(three, location), target);
    assert.ok(x && 'children' in x);
    return x.children.map((child) => `${child.name}: ${text(child)}`);
  };

  it('shows the members that are there, and why the others are not', () => {
    const target = targetOf({ at: AT, bytes: bytes('seven\0..') });
    assert.deepEqual(members(target), [`a: ${AT}`, 'b: optimisedOut', 'c: 9', 'd: "seven"']);
  });

  it('has lost the members alone that were not read', () => {
    assert.deepEqual(members(targetOf()), [`a: ${AT}`, 'b: optimisedOut', 'c: 9', 'd: pageNotPresent']);
  });
});

describe('a struct that was cut off', () => {
  it('has no room for the members behind the cut', () => {
    const long16 = array(long, 16);
    const cut = struct('cut', 160, [
      member('first', 0, long16),
      member('text', 128, array(char, 8)),
      member('numbers', 136, array(int, 6)),
    ]);
    const value = read(cut, new Uint8Array(160), undefined, { bytesPerHit: 32 + 64, stringBytes: 32 });
    assert.ok('children' in value && value.children);
    const codes = value.children.map((child) => ('unavailable' in child ? child.unavailable.code : 'shown'));
    assert.deepEqual(codes, ['shown', 'overBudget', 'overBudget']);
  });
});

describe('an address is shown', () => {
  const TABLE = 0x1000n;
  const shape = struct('Shape', 16, [member('_vptr.Shape', 0, pointer(pointer(int))), member('id', 8, int)]);
  const circle = struct('Circle', 24, [baseClass(shape, 0), member('radius', 16, double)]);
  const lookup =
    (name: string): SymbolLookup =>
    (address, loadBias) =>
      address === Number(TABLE) && loadBias === 0x400 ? { name, offset: 16 } : undefined;

  /** `x`, a pointer to an object of a class whose table has that symbol. */
  function shown(type: Type, symbol: string): string {
    const captured = site(type, onStack);
    const { view, offset } = record(captured.program.captures, {
      ...targetOf(
        { at: AT, bytes: bytes(u64(STRING), u32(1)) },
        { at: STRING, bytes: bytes(u64(TABLE), u64(7n), f64(0.5)) },
      ),
      loadBias: 0x400n,
    });
    const [value] = compileReader(captured, lookup(symbol))(view, offset) as [NamedValue];
    return 'value' in value ? value.value : value.unavailable.code;
  }

  it('with the symbol that it is in', () => {
    const captured = site(pointer(int), onStack);
    const { view, offset } = record(captured.program.captures, {
      ...targetOf({ at: AT, bytes: u64(TABLE) }),
      loadBias: 0x400n,
    });
    const [value] = compileReader(captured, lookup('numbers'))(view, offset);
    assert.deepEqual(value, { name: 'x', value: '0x1000 <numbers+16>', type: 'int *' });
  });

  const classes: [string, Type, string, string][] = [
    ['of a derived class', pointer(shape), 'vtable for Circle', '(Circle *) 0x60000000'],
    ['of the class itself', pointer(shape), 'vtable for Shape', '0x60000000'],
    ['of a base, while that is constructed', pointer(shape), 'construction vtable for Shape', '0x60000000'],
    ['of a class that has its table from its base', pointer(circle), 'vtable for Disc', '(Disc *) 0x60000000'],
    ['of a class without a table', pointer(point), 'vtable for Circle', '0x60000000'],
    ['through a reference', reference(shape), 'vtable for Circle',
      '(Circle) {_vptr.Shape = 0x1000 <vtable for Circle+16>, id = 7}'],
    ['through a reference, with a base', reference(circle), 'vtable for Disc',
      '(Disc) {Shape = {_vptr.Shape = 0x1000 <vtable for Disc+16>, id = 7}, radius = 0.5}'],
  ]; // prettier-ignore
  for (const [what, type, symbol, text_] of classes)
    it(`to an object ${what}`, () => {
      assert.equal(shown(type, symbol), text_);
    });
});
