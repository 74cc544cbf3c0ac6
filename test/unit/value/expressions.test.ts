import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_CAPTURE_LIMITS } from '../../../adapter/capture/captured';
import { lowerSite } from '../../../adapter/capture/site';
import type { AddressContext } from '../../../adapter/dwarf/scope';
import { virtualAddress } from '../../../adapter/elf/address';
import { parseExpression } from '../../../adapter/expression/message';
import { typeExpression } from '../../../adapter/expression/typing';
import { compileReader } from '../../../adapter/value/reader';
import type { RenderedValue } from '../../../adapter/value/value';
import {
  entryOf,
  expressionProgram,
  ofSection,
  ofUnit,
  sleb,
  uleb,
  word,
  type BuiltVariable,
  type Part,
  type TYPES,
} from '../../builders/expressionProgram';
import { record } from '../capture/interpreter';
import { openProgram } from '../dwarf/program';
import { stopAt, type Stop } from './gdb';
import { assertNumbers } from './numbers';

type TypeName = keyof typeof TYPES;

const OP = {
  addr: 0x03, deref: 0x06, const8s: 0x0f, dup: 0x12, drop: 0x13, over: 0x14, swap: 0x16, abs: 0x19, and: 0x1a, div: 0x1b, minus: 0x1c, mod: 0x1d, mul: 0x1e,
  neg: 0x1f, not: 0x20, or: 0x21, plus: 0x22, plusUconst: 0x23, shl: 0x24, shr: 0x25, shra: 0x26, xor: 0x27, bra: 0x28, eq: 0x29, ge: 0x2a, gt: 0x2b, le: 0x2c,
  lt: 0x2d, ne: 0x2e, skip: 0x2f, lit0: 0x30, lit1: 0x31, rax: 0x50, rcx: 0x52, rbx: 0x53, rsi: 0x54, brax: 0x70, brcx: 0x72, brbx: 0x73, brsi: 0x74, brdi: 0x75, brip: 0x80,
  piece: 0x93, nop: 0x96, call2: 0x98, call4: 0x99, bitPiece: 0x9d, implicitValue: 0x9e, stackValue: 0x9f, implicitPointer: 0xa0, addrx: 0xa1,
  entryValue: 0xa3, constType: 0xa4, regvalType: 0xa5, derefType: 0xa6, convert: 0xa8, reinterpret: 0xa9, gnuUninit: 0xf0, gnuEntryValue: 0xf3, gnuConvert: 0xf7,
  gnuVariableValue: 0xfd,
} as const; // prettier-ignore

const built = (name: string, type: TypeName, ...location: Part[]): BuiltVariable => ({
  name,
  type,
  location,
});
const convert = (type: TypeName | undefined): Part[] => [OP.convert, type ? ofUnit(type) : 0];

/** Our value of each expression at the stop. */
function values(program: string, stop: Stop, texts: readonly string[]): Map<string, RenderedValue> {
  const context: AddressContext | undefined = openProgram(program).contextAt(virtualAddress(stop.address));
  assert.ok(context);
  return new Map(
    texts.map((text) => {
      const expression = { text, typed: typeExpression(parseExpression(text), context) };
      const site = lowerSite([expression], context, DEFAULT_CAPTURE_LIMITS);
      const { view, offset } = record(site.program.captures, stop);
      const read = compileReader(site)(view, offset);
      assertNumbers(site, view, offset, read);
      return [text, read[0]!] as const;
    }),
  );
}

/** Compares with gdb's `print`, floats as numbers. */
function assertAsGdb(variables: readonly BuiltVariable[], texts: readonly string[]): void {
  const program = expressionProgram(variables);
  const stop = stopAt(program, '*&stop_here', texts);
  const ours = values(program, stop, texts);
  const found = Object.fromEntries(
    [...ours].map(([text, value]) => [text, 'value' in value ? value.value : value.unavailable]),
  );
  const printed = Object.fromEntries(
    texts.map((text) => {
      const theirs = stop.printed.get(text)!.text;
      return [
        text,
        typeof found[text] === 'string' && Number(theirs) === Number(found[text]) ? found[text] : theirs,
      ];
    }),
  );
  assert.deepEqual(found, printed);
}

describe('Location expressions mean what gdb finds', function () {
  this.timeout(60_000);

  it('with typed operations', () => {
    const variables = [
      built('sign', 's64', OP.brax, sleb(0), ...convert('s32'), ...convert('s64'), OP.stackValue),
      built('zero', 's64', OP.brax, sleb(0), ...convert('u32'), ...convert('u64'), OP.stackValue),
      built('byte', 's32', OP.brcx, sleb(0x70), ...convert('s8'), ...convert('s32'), OP.stackValue),
      built(
        'gnu',
        's64',
        OP.brax,
        sleb(0),
        OP.gnuConvert,
        ofUnit('s32'),
        OP.gnuConvert,
        ofUnit('s64'),
        OP.stackValue,
      ),
      built('generic', 's64', OP.brax, sleb(0), ...convert('s32'), ...convert(undefined), OP.stackValue),
      built(
        'unsigned_generic',
        's64',
        OP.brax,
        sleb(0),
        ...convert('u32'),
        ...convert(undefined),
        OP.stackValue,
      ),
      built('constant', 's64', OP.constType, ofUnit('s16'), 2, 0xfe, 0xff, ...convert('s64'), OP.stackValue),
      built('one_float', 'f32', OP.constType, ofUnit('f32'), 4, 0, 0, 0x20, 0x40, OP.stackValue),
      built('moved_float', 'f64', OP.brcx, sleb(0), OP.reinterpret, ofUnit('f64'), OP.stackValue),
      built(
        'bits',
        'u32',
        OP.constType,
        ofUnit('f32'),
        4,
        0,
        0,
        0x20,
        0x40,
        OP.reinterpret,
        ofUnit('u32'),
        OP.stackValue,
      ),
      built('register', 's64', OP.regvalType, 2, ofUnit('s32'), ...convert('s64'), OP.stackValue),
      built(
        'loaded',
        's64',
        OP.brdi,
        sleb(8),
        OP.derefType,
        1,
        ofUnit('s8'),
        ...convert('s64'),
        OP.stackValue,
      ),
      built(
        'loaded_unsigned',
        's64',
        OP.brdi,
        sleb(8),
        OP.derefType,
        1,
        ofUnit('u8'),
        ...convert('s64'),
        OP.stackValue,
      ),
    ];
    assertAsGdb(
      variables,
      variables.map(({ name }) => name),
    );
  });

  it('with branches', () => {
    /** `then` where the condition on the stack holds, `otherwise` else. */
    const choose = (then: readonly Part[], otherwise: readonly Part[]): Part[] => {
      const label = `l${++labels}`;
      return [
        OP.bra,
        `.short ${label}t - . - 2`,
        ...otherwise,
        OP.skip,
        `.short ${label}e - . - 2`,
        `${label}t:`,
        ...then,
        `${label}e:`,
      ];
    };
    let labels = 0;
    const five = [OP.lit0 + 5];
    const six = [OP.lit0 + 6];
    const load = [OP.brdi, sleb(16), OP.deref];
    const wild = [OP.lit0, OP.deref];
    const variables = [
      built('taken', 's64', OP.brbx, sleb(0), ...choose(five, six), OP.stackValue),
      built('passed', 's64', OP.brbx, sleb(-7), ...choose(five, six), OP.stackValue),
      built('known', 's64', OP.lit1, ...choose(five, six), OP.stackValue),
      built(
        'minimum',
        's64',
        OP.brbx,
        sleb(0),
        OP.brsi,
        sleb(0),
        OP.over,
        OP.over,
        OP.lt,
        ...choose([OP.drop], [OP.swap, OP.drop]),
        OP.stackValue,
      ),
      built(
        'nested',
        's64',
        OP.brbx,
        sleb(0),
        ...choose([OP.brsi, sleb(3), ...choose(five, six)], five),
        OP.stackValue,
      ),
      built('a_load', 's64', OP.brbx, sleb(0), ...choose(load, wild), OP.stackValue),
      built('another_load', 's64', OP.brbx, sleb(-7), ...choose(wild, load), OP.stackValue),
      built('an_address', 's64', OP.brbx, sleb(0), ...choose([OP.brdi, sleb(16)], [OP.lit0])),
      // 2 + 2 + 2 by a loop that the plan can follow
      built(
        'looped',
        's64',
        OP.lit0,
        OP.lit0 + 3,
        'again:',
        OP.swap,
        OP.plusUconst,
        2,
        OP.swap,
        OP.lit1,
        OP.minus,
        OP.dup,
        OP.bra,
        '.short again - . - 2',
        OP.drop,
        OP.stackValue,
      ),
      built('skipped', 's64', OP.lit1, OP.skip, '.short 1', OP.neg, OP.stackValue),
    ];
    assertAsGdb(
      variables,
      variables.map(({ name }) => name),
    );
  });

  it('in pieces', () => {
    const whole = [
      OP.rcx,
      OP.piece,
      8,
      OP.rax,
      OP.piece,
      4,
      OP.brdi,
      sleb(2),
      OP.piece,
      2,
      OP.lit0 + 9,
      OP.stackValue,
      OP.piece,
      2,
    ];
    const variables = [
      built('p', 'pair', ...whole),
      built('first', 'pair', OP.rcx, OP.piece, 8, OP.piece, 8),
      built('last', 'pair', OP.piece, 8, OP.rbx, OP.piece, 8),
      built('split', 's64', OP.rax, OP.piece, 4, OP.rbx, OP.piece, 4),
      built(
        'field',
        'flags',
        OP.rcx,
        OP.bitPiece,
        3,
        4,
        OP.rsi,
        OP.bitPiece,
        7,
        0,
        OP.brax,
        sleb(0),
        OP.stackValue,
        OP.bitPiece,
        22,
        0,
      ),
      built('memory', 'pair', OP.brdi, sleb(0), OP.piece, 16),
      built(
        'constant',
        'pair',
        OP.implicitValue,
        8,
        word(-2n),
        OP.piece,
        8,
        OP.implicitValue,
        8,
        word(0x1111_2222_3333_4444n),
        OP.piece,
        8,
      ),
    ];
    assertAsGdb(variables, [
      'p.a',
      'p.b',
      'p.c',
      'p.d',
      'first.a',
      'last.b',
      'last.c',
      'last.d',
      'split',
      'field.x',
      'field.y',
      'field.z',
      'field',
      'p',
      'memory',
      'constant',
    ]);
  });

  it('of objects that are in no memory, through a pointer to them', () => {
    const variables = [
      built('number', 's64', OP.rcx),
      built('object', 'pair', OP.rcx, OP.piece, 8, OP.rax, OP.piece, 4, OP.piece, 4),
      built('q', 'toS64', OP.implicitPointer, ofSection(entryOf('number')), 0),
      built('p', 'toPair', OP.implicitPointer, ofSection(entryOf('object')), 0),
      built('known', 's64', OP.implicitValue, 8, word(-5n)),
      built('r', 'toS64', OP.implicitPointer, ofSection(entryOf('known')), 0),
    ];
    assertAsGdb(variables, ['*q', 'q[0]', 'p->a', 'p->b', '*r']);
  });

  it('that use other entries', () => {
    const variables = [
      built('procedure', 's64', OP.lit0 + 20, OP.plus),
      built(
        'called',
        's64',
        OP.brbx,
        sleb(0),
        OP.call4,
        `.long ${entryOf('procedure')} - unit`,
        OP.stackValue,
      ),
      built(
        'near',
        's64',
        OP.brbx,
        sleb(0),
        OP.call2,
        `.short ${entryOf('procedure')} - unit`,
        OP.stackValue,
      ),
      built('other', 's32', OP.rax),
      built('value', 's64', OP.gnuVariableValue, ofSection(entryOf('other')), OP.stackValue),
      built('at', 's64', OP.addrx, 0),
      built('uninitialised', 's64', OP.rbx, OP.gnuUninit),
      built(
        'here',
        's64',
        OP.brip,
        sleb(0),
        'here_minus:',
        OP.addr,
        '.quad stop_here',
        OP.minus,
        OP.stackValue,
      ),
    ];
    assertAsGdb(variables, ['called', 'near', 'value', 'at', 'uninitialised', 'here']);
  });

  it('computed at random, on every integer type', () => {
    const integers = ['s8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', undefined] as const;
    const source = fc.constantFrom<Part[]>(
      [OP.brax, sleb(0)],
      [OP.brbx, sleb(0)],
      [OP.brcx, sleb(5)],
      [OP.brsi, sleb(0)],
    );
    const operators = [
      OP.and,
      OP.or,
      OP.xor,
      OP.plus,
      OP.minus,
      OP.mul,
      OP.eq,
      OP.ne,
      OP.lt,
      OP.le,
      OP.gt,
      OP.ge,
    ];
    const inType = (type: TypeName | undefined): fc.Arbitrary<Part[]> => {
      const leaf = source.map((parts) => (type ? [...parts, ...convert(type)] : parts));
      // gdb makes what DW_OP_plus_uconst gives generic; in DWARF 5, 2.5.1.4, it keeps its type.
      const unary = fc.constantFrom<Part[]>(
        [OP.neg],
        [OP.not],
        [OP.abs],
        ...(type ? [] : [[OP.plusUconst, uleb(200)]]),
      );
      const value = fc.oneof(
        leaf,
        fc.tuple(leaf, unary).map(([a, b]) => [...a, ...b]),
      );
      const small = fc.integer({ min: 1, max: 7 }).map((n) => [OP.lit0 + n, ...(type ? convert(type) : [])]);
      return fc.oneof(
        fc.tuple(value, value, fc.constantFrom<number>(...operators)).map(([a, b, op]) => [...a, ...b, op]),
        fc
          .tuple(value, small, fc.constantFrom<number>(OP.shl, OP.shr, OP.shra, OP.div))
          .map(([a, b, op]) => [...a, ...b, op]),
        // gdb gives the remainder of a negative number the divisor's sign, C and the compilers the number's own.
        ...(type?.startsWith('s') ? [] : [fc.tuple(value, small).map(([a, b]) => [...a, ...b, OP.mod])]),
      );
    };
    const random = fc
      .tuple(fc.constantFrom(...integers), fc.constantFrom<TypeName>('s64', 'u64'))
      .chain(([type, shown]) =>
        inType(type).map((parts): Omit<BuiltVariable, 'name'> => ({
          type: shown,
          location: [...parts, ...convert(undefined), OP.stackValue],
        })),
      );
    const variables = fc
      .sample(random, { numRuns: 300, seed: 20240613 })
      .map((variable, i) => ({ ...variable, name: `v${i}` }));
    assertAsGdb(
      variables,
      variables.map(({ name }) => name),
    );
  });
});
