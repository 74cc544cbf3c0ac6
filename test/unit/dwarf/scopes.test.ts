import assert from 'node:assert/strict';
import { AT, TAG } from '../../../adapter/dwarf/constants';
import type { AddressContext, Variable } from '../../../adapter/dwarf/scope';
import type { Location } from '../../../adapter/dwarf/location';
import { virtualAddress } from '../../../adapter/elf/address';
import {
  address,
  data1,
  data8,
  debugInfo,
  entry,
  expression,
  flag,
  form,
  labelled,
  little,
  sdata,
  sectionOffset,
  sleb,
  text,
  to,
  toAny,
  uleb,
  unit,
  type Entry,
  type UnitOptions,
  type Value,
} from './builder';

const BASE = 0x1000;
const LIT1 = expression(0x31, 0x9f);

const code = (low: number, size: number): Record<number, Value> => ({
  [AT.lowPc]: address(low),
  [AT.highPc]: data8(size),
});
const variable = (name: string, attributes: Record<number, Value> = { [AT.location]: LIT1 }): Entry =>
  entry(TAG.variable, { [AT.name]: text(name), ...attributes });
const argument = (name: string): Entry =>
  entry(TAG.formalParameter, { [AT.name]: text(name), [AT.location]: LIT1 });
const block = (attributes: Record<number, Value>, ...children: Entry[]): Entry =>
  entry(TAG.lexicalBlock, attributes, ...children);
/** A unit with the function f at BASE, 0x100 long. */
const withFunction = (...children: Entry[]): Entry =>
  entry(
    TAG.compileUnit,
    { ...code(BASE, 0x100), [AT.addressBase]: sectionOffset(0) },
    entry(TAG.subprogram, { [AT.name]: text('f'), ...code(BASE, 0x100) }, ...children),
  );

function contextIn(
  root: Entry,
  offset: number,
  sections: Record<string, number[]> = {},
  options: UnitOptions = {},
): AddressContext {
  const context = debugInfo({ units: [unit(root, options)], sections }).contextAt(
    virtualAddress(BASE + offset),
  );
  assert.ok(context);
  return context;
}
const seen = (context: AddressContext): string[] => context.locals().map(({ name }) => name);
const only = ({ name }: { readonly name: string }, context: AddressContext): Variable => {
  const found = context.locals().filter((each) => each.name === name);
  assert.equal(found.length, 1);
  return found[0]!;
};

describe('Scopes at an address', () => {
  it('are the blocks whose ranges hold it, from the innermost to the subprogram', () => {
    const root = withFunction(
      argument('a'),
      variable('b'),
      block(code(BASE + 0x10, 0x40), variable('c'), block(code(BASE + 0x20, 0x10), variable('d'))),
      block(code(BASE + 0x60, 0x10), variable('e')),
    );
    assert.deepEqual(seen(contextIn(root, 0)), ['a', 'b']);
    assert.deepEqual(seen(contextIn(root, 0x10)), ['c', 'a', 'b']);
    assert.deepEqual(seen(contextIn(root, 0x2f)), ['d', 'c', 'a', 'b']);
    assert.deepEqual(seen(contextIn(root, 0x30)), ['c', 'a', 'b']);
    assert.deepEqual(seen(contextIn(root, 0x60)), ['e', 'a', 'b']);
  });

  it('are the same object for every address that they hold', () => {
    const info = debugInfo({ units: [unit(withFunction(block(code(BASE + 0x10, 0x10))))] });
    const [first, second, outside] = [0x10, 0x1f, 0x20].map((offset) =>
      info.innermostScope(virtualAddress(BASE + offset)),
    );
    assert.ok(first);
    assert.equal(first, second);
    assert.equal(outside, first.parent);
  });

  it('show the innermost of shadowed names', () => {
    const root = withFunction(
      variable('x', { [AT.declarationLine]: data1(1) }),
      block(code(BASE + 0x10, 0x10), variable('x', { [AT.declarationLine]: data1(2) })),
    );
    assert.equal(only({ name: 'x' }, contextIn(root, 0x10)).declarationLine, 2);
    assert.equal(only({ name: 'x' }, contextIn(root, 0x20)).declarationLine, 1);
  });

  it('take in what stands in a block without code', () => {
    assert.deepEqual(seen(contextIn(withFunction(block({}, variable('x'))), 0)), ['x']);
  });

  it('include what the abstract instance has and the concrete one has not, as optimised out', () => {
    const root = entry(
      TAG.compileUnit,
      code(BASE, 0x100),
      labelled(
        'abstract',
        entry(
          TAG.subprogram,
          { [AT.name]: text('f'), [AT.inline]: data1(1) },
          labelled('kept', entry(TAG.formalParameter, { [AT.name]: text('kept') })),
          entry(TAG.variable, { [AT.name]: text('gone') }),
          block({}, entry(TAG.variable, { [AT.name]: text('gone too') })),
        ),
      ),
      entry(
        TAG.subprogram,
        { [AT.name]: text('main'), ...code(BASE, 0x100) },
        entry(
          TAG.inlinedSubroutine,
          { [AT.abstractOrigin]: to('abstract'), ...code(BASE + 0x10, 0x10) },
          entry(TAG.formalParameter, { [AT.abstractOrigin]: to('kept'), [AT.location]: LIT1 }),
        ),
      ),
    );
    const context = contextIn(root, 0x10);
    assert.equal(context.scope.name, 'f');
    assert.equal(context.subprogram.name, 'main');
    assert.deepEqual(
      context.locals().map(({ name, scope, location }) => [name, scope, location.kind]),
      [
        ['kept', 'argument', 'expression'],
        ['gone', 'local', 'unavailable'],
        ['gone too', 'local', 'unavailable'],
      ],
    );
  });

  it('leave what has its entry in a block further in to that block, where blocks do not name their abstract instance', () => {
    const root = entry(
      TAG.compileUnit,
      code(BASE, 0x100),
      labelled(
        'abstract',
        entry(
          TAG.subprogram,
          { [AT.name]: text('f'), [AT.inline]: data1(1) },
          block({}, labelled('first', entry(TAG.variable, { [AT.name]: text('first') }))),
          block({}, entry(TAG.variable, { [AT.name]: text('gone') })),
        ),
      ),
      entry(
        TAG.subprogram,
        { [AT.abstractOrigin]: to('abstract'), ...code(BASE, 0x100) },
        block(
          code(BASE + 0x10, 0x10),
          block(
            code(BASE + 0x14, 4),
            entry(TAG.variable, { [AT.abstractOrigin]: to('first'), [AT.location]: LIT1 }),
          ),
        ),
      ),
    );
    assert.deepEqual(seen(contextIn(root, 0)), ['gone']);
    assert.deepEqual(seen(contextIn(root, 0x10)), ['gone']);
    assert.deepEqual(seen(contextIn(root, 0x14)), ['first', 'gone']);
  });

  it('reach, before DWARF 3, as far as those in them, which may lie outside the one range that there is to say', () => {
    const inlined = (low: number, ...children: Entry[]): Entry =>
      entry(
        TAG.inlinedSubroutine,
        {
          [AT.abstractOrigin]: to('g'),
          [AT.lowPc]: address(BASE + low),
          [AT.highPc]: address(BASE + low + 8),
        },
        ...children,
      );
    const root = entry(
      TAG.compileUnit,
      { [AT.lowPc]: address(BASE), [AT.highPc]: address(BASE + 0x100) },
      labelled('g', entry(TAG.subprogram, { [AT.name]: text('g'), [AT.inline]: data1(1) })),
      entry(
        TAG.subprogram,
        { [AT.name]: text('f'), [AT.lowPc]: address(BASE), [AT.highPc]: address(BASE + 0x100) },
        inlined(0x10, variable('outer'), inlined(0x80, variable('inner'))),
      ),
    );
    const at = (offset: number): string[] => seen(contextIn(root, offset, {}, { version: 2 }));
    assert.deepEqual([at(0x10), at(0x80), at(0x40)], [['outer'], ['inner', 'outer'], []]);
  });

  it('lead an extern declaration to its definition in another unit', () => {
    const first = withFunction(
      entry(TAG.variable, { [AT.name]: text('x'), [AT.external]: flag, [AT.declaration]: flag }),
    );
    const defined = variable('x', {
      [AT.external]: flag,
      [AT.location]: expression(0x03, ...little(0x4000, 8)),
    });
    const second = entry(TAG.compileUnit, code(0x8000, 1), defined);
    const info = debugInfo({ units: [unit(first), unit(second)] });
    const found = only({ name: 'x' }, info.contextAt(virtualAddress(BASE))!);
    assert.equal(found.scope, 'global');
    assert.deepEqual(found.location, {
      kind: 'expression',
      operations: [{ op: 'address', address: 0x4000 }],
    });
  });

  it('find names of other units only where these are external', () => {
    const second = (attributes: Record<number, Value>): Entry =>
      entry(TAG.compileUnit, code(0x8000, 1), variable('x', { ...attributes, [AT.location]: LIT1 }));
    const lookup = (attributes: Record<number, Value>): Variable | undefined =>
      debugInfo({ units: [unit(withFunction()), unit(second(attributes))] })
        .contextAt(virtualAddress(BASE))
        ?.lookup('x');
    assert.equal(lookup({ [AT.external]: flag })?.scope, 'global');
    assert.equal(lookup({}), undefined);
  });

  it('are refused when origins go in a circle', () => {
    const circle = labelled('x', entry(TAG.variable, { [AT.abstractOrigin]: to('x'), [AT.location]: LIT1 }));
    assert.throws(() => contextIn(withFunction(circle), 0).locals(), {
      name: 'DecodeError',
      code: 'tooDeep',
    });
  });

  it('are refused when they nest without end', () => {
    let inner = block({});
    for (let depth = 0; depth < 400; depth++) inner = block({}, inner);
    assert.throws(() => contextIn(withFunction(inner), 0), { name: 'DecodeError', code: 'tooDeep' });
  });

  it('do not follow references out of the file', () => {
    const astray = entry(TAG.variable, {
      [AT.name]: text('x'),
      [AT.type]: form(0x13, 0xff, 0xff, 0, 0),
      [AT.location]: LIT1,
    });
    assert.equal(only({ name: 'x' }, contextIn(withFunction(astray), 0)).type.kind, 'unsupported');
  });
});

describe('A variable of another unit', () => {
  /** As link-time optimisation leaves it: named in one unit, with its place in another. */
  it('is found where its place is, not where its name is', () => {
    const early = labelled('early', entry(TAG.variable, { [AT.name]: text('x'), [AT.external]: flag }));
    const placed = entry(TAG.variable, { [AT.abstractOrigin]: toAny('early'), [AT.location]: LIT1 });
    const units = [
      entry(TAG.compileUnit, {}, early),
      withFunction(variable('y')),
      entry(TAG.compileUnit, {}, placed),
    ];
    const info = debugInfo({ units: units.map((root) => unit(root)) });
    assert.equal(info.contextAt(virtualAddress(BASE))?.lookup('x')?.location.kind, 'expression');
  });
});

describe('A function that says where the next one is', () => {
  /** @param inner where the function is that `f` holds */
  const functions = (inner: Record<number, Value>, sibling: Value): Entry => {
    const attributes = (name: string, where: Record<number, Value>): [number, Value][] => [
      [AT.name, text(name)],
      ...Object.entries(where).map(([at, value]): [number, Value] => [Number(at), value]),
    ];
    const nested = entry(TAG.subprogram, attributes('inner', inner), variable('nested'));
    const f = [...attributes('f', code(BASE, 0x100)), [AT.sibling, sibling] as const];
    return entry(
      TAG.compileUnit,
      { ...code(BASE, 0x300), [AT.addressBase]: sectionOffset(0) },
      entry(TAG.subprogram, f, variable('outer'), nested),
      labelled('next', entry(TAG.subprogram, attributes('g', code(BASE + 0x200, 0x100)), variable('last'))),
    );
  };

  it('hides none that it holds', () => {
    const root = functions(code(BASE + 0x100, 0x100), to('next'));
    assert.deepEqual(seen(contextIn(root, 0x80)), ['outer']);
    assert.deepEqual(seen(contextIn(root, 0x180)), ['nested']);
    assert.deepEqual(seen(contextIn(root, 0x280)), ['last']);
  });

  it('hides none that lies within it', () => {
    const root = functions(code(BASE + 0x40, 0x40), to('next'));
    assert.deepEqual(seen(contextIn(root, 0x20)), ['outer']);
    assert.deepEqual(seen(contextIn(root, 0x60)), ['nested']);
  });

  it('is found where that is wrong', () => {
    const root = functions(code(BASE + 0x100, 0x100), form(0x13, ...little(0x7fff_ffff, 4)));
    assert.deepEqual(seen(contextIn(root, 0x180)), ['nested']);
    assert.deepEqual(seen(contextIn(root, 0x280)), ['last']);
  });
});

describe('The location of a variable', () => {
  const at = (
    attributes: Record<number, Value>,
    offset = 0,
    sections: Record<string, number[]> = {},
    options: UnitOptions = {},
  ): Location =>
    only({ name: 'x' }, contextIn(withFunction(variable('x', attributes)), offset, sections, options))
      .location;

  it('is its constant value, with the sign that the form has', () => {
    const constant = (value: Value): Location => at({ [AT.constantValue]: value });
    assert.deepEqual(constant(sdata(-2)), { kind: 'constant', bytes: Uint8Array.from(little(-2n, 8)) });
    assert.deepEqual(constant(data1(0xff)), { kind: 'constant', bytes: Uint8Array.from(little(255, 8)) });
    assert.deepEqual(constant({ form: 0x21, bytes: [], implicit: -7 }), {
      kind: 'constant',
      bytes: Uint8Array.from(little(-7n, 8)),
    });
    assert.deepEqual(constant(form(0x0a, 3, 1, 2, 3)), { kind: 'constant', bytes: Uint8Array.of(1, 2, 3) });
  });

  it('is nowhere without attributes and with an empty expression', () => {
    const nowhere = { kind: 'unavailable', reason: { code: 'optimisedOut' } };
    assert.deepEqual(at({}), nowhere);
    assert.deepEqual(at({ [AT.location]: expression() }), nowhere);
  });

  it('that cannot be decoded costs the variable alone', () => {
    const location = at({ [AT.location]: expression(0x0e, 1) });
    assert.ok(location.kind === 'unavailable' && location.reason.code === 'undecodable');
  });

  /** What a list says at offsets in the function: the literal of each entry's expression, or that there is none. */
  const literals = (
    list: number[],
    options: UnitOptions,
    section: string,
    offsets: number[],
  ): (bigint | string)[] =>
    offsets.map((offset) => {
      const location = at(
        { [AT.location]: listAt(options, 1) },
        offset,
        { [section]: [0xee, ...list], '.debug_addr': ADDRESSES },
        options,
      );
      if (location.kind === 'unavailable') return location.reason.code;
      const operation = location.kind === 'expression' ? location.operations[0] : undefined;
      return operation?.op === 'constant' ? operation.value : '?';
    });
  /** DW_FORM_sec_offset, or DW_FORM_data4 as it was before DWARF 4. */
  const listAt = ({ version = 5 }: UnitOptions, offset: number): Value =>
    version < 4 ? form(0x06, ...little(offset, 4)) : sectionOffset(offset);
  const ADDRESSES = [...little(BASE + 0x40, 8), ...little(BASE + 0x50, 8)];

  for (const version of [3, 4])
    it(`comes from the entry of a list of version ${version} that covers the address`, () => {
      const pair = (low: number, high: number, literal: number): number[] => [
        ...little(low, 8),
        ...little(high, 8),
        ...little(1, 2),
        0x30 + literal,
      ];
      const base = [...little(-1n, 8), ...little(BASE + 0x80, 8)];
      const list = [...pair(0, 0x10, 1), ...pair(0x10, 0x20, 2), ...base, ...pair(0, 8, 3), ...little(0, 16)];
      const found = literals(list, { version }, '.debug_loc', [0, 0xf, 0x10, 0x20, 0x80, 0x88]);
      assert.deepEqual(found, [1n, 1n, 2n, 'notAtThisAddress', 3n, 'notAtThisAddress']);
    });

  it('comes from the entry of a list of version 5 that covers the address, of every kind', () => {
    const expressionOf = (literal: number): number[] => [1, 0x30 + literal];
    const list = [
      ...[0x04, ...uleb(0), ...uleb(0x10), ...expressionOf(1)], // offset_pair
      ...[0x07, ...little(BASE + 0x10, 8), ...little(BASE + 0x20, 8), ...expressionOf(2)], // start_end
      ...[0x08, ...little(BASE + 0x20, 8), ...uleb(0x10), ...expressionOf(3)], // start_length
      ...[0x02, 0, 1, ...expressionOf(4)], // startx_endx
      ...[0x03, 1, ...uleb(0x10), ...expressionOf(5)], // startx_length
      ...[0x06, ...little(BASE + 0x60, 8), 0x04, 0, 0x10, ...expressionOf(6)], // base_address
      ...[0x01, 0, 0x04, ...uleb(0x40), ...uleb(0x50), ...expressionOf(7)], // base_addressx
      ...[0x09, 1, 2], // GNU view_pair
      0,
    ];
    const offsets = [0, 0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x80, 0x90];
    const found = literals(list, {}, '.debug_loclists', offsets);
    assert.deepEqual(found, [1n, 2n, 3n, 'notAtThisAddress', 4n, 5n, 6n, 7n, 'notAtThisAddress']);
  });

  it('is that of the default entry where no other covers the address', () => {
    const list = [...[0x05, 1, 0x39], ...[0x04, 0, 0x10, 1, 0x31], 0];
    assert.deepEqual(literals(list, {}, '.debug_loclists', [0, 0x20]), [1n, 9n]);
  });

  it('goes by the index of its list', () => {
    const lists = [
      ...little(0x20, 4),
      5,
      0,
      8,
      0,
      ...little(1, 4),
      ...little(4, 4),
      ...[0x04, 0, 0x10, 1, 0x35],
      0,
    ];
    const root = entry(
      TAG.compileUnit,
      { ...code(BASE, 0x100), [AT.locationListsBase]: sectionOffset(12) },
      entry(TAG.subprogram, code(BASE, 0x100), variable('x', { [AT.location]: form(0x22, 0) })),
    );
    // The first entry of the table counts from the table's own start.
    lists[12] = 4;
    const context = contextIn(root, 0, { '.debug_loclists': lists });
    assert.deepEqual(only({ name: 'x' }, context).location, {
      kind: 'expression',
      operations: [{ op: 'constant', value: 5n }],
    });
  });
});

describe('The ranges of a scope', () => {
  const rangesOf = (list: number[], options: UnitOptions, section: string): string[] => {
    const root = entry(
      TAG.compileUnit,
      { [AT.lowPc]: address(BASE), [AT.highPc]: data8(0x1000), [AT.addressBase]: sectionOffset(0) },
      entry(TAG.subprogram, { [AT.name]: text('f'), [AT.ranges]: sectionOffset(0) }),
    );
    const info = debugInfo({
      units: [unit(root, options)],
      sections: { [section]: list, '.debug_addr': little(BASE + 0x70, 8) },
    });
    return [...info.functions()].flatMap(({ scope }) =>
      scope.ranges.map(({ low, high }) => `${(low - BASE).toString(16)}-${(high - BASE).toString(16)}`),
    );
  };

  it('are those of .debug_ranges, without empty ones', () => {
    const pair = (low: number, high: number): number[] => [...little(low, 8), ...little(high, 8)];
    const base = [...little(-1n, 8), ...little(BASE + 0x100, 8)];
    const list = [...pair(0, 8), ...pair(0x10, 0x10), ...base, ...pair(0, 4), ...little(0, 16)];
    assert.deepEqual(rangesOf(list, { version: 4 }, '.debug_ranges'), ['0-8', '100-104']);
  });

  it('are those of .debug_rnglists, of every kind', () => {
    const list = [
      ...[0x04, 0, 8], // offset_pair
      ...[0x05, ...little(BASE + 0x20, 8), 0x04, 0, 8], // base_address
      ...[0x06, ...little(BASE + 0x30, 8), ...little(BASE + 0x38, 8)], // start_end
      ...[0x07, ...little(BASE + 0x40, 8), 8], // start_length
      ...[0x03, 0, 8], // startx_length
      0,
    ];
    assert.deepEqual(rangesOf(list, {}, '.debug_rnglists'), ['0-8', '20-28', '30-38', '40-48', '70-78']);
  });

  it('that end nowhere cost their function', () => {
    assert.deepEqual(rangesOf([0x04, 0, 8], {}, '.debug_rnglists'), []);
  });
});

describe('A type', () => {
  const typeOf = (variableType: Value, units: Entry[], options: UnitOptions[] = []): Variable['type'] => {
    const [first, ...others] = units;
    const root = entry(
      TAG.compileUnit,
      code(BASE, 0x100),
      entry(
        TAG.subprogram,
        code(BASE, 0x100),
        variable('x', { [AT.type]: variableType, [AT.location]: LIT1 }),
      ),
      ...(first?.children ?? []),
    );
    const file = { units: [unit(root), ...others.map((each, index) => unit(each, options[index]))] };
    return only({ name: 'x' }, debugInfo(file).contextAt(virtualAddress(BASE))!).type;
  };
  const holding = (...children: Entry[]): Entry => entry(TAG.compileUnit, {}, ...children);
  const declaration = labelled(
    'declared',
    entry(TAG.structureType, { [AT.name]: text('s'), [AT.declaration]: flag }),
  );
  const definition = entry(
    TAG.structureType,
    { [AT.name]: text('s'), [AT.byteSize]: data1(8) },
    labelled('member', entry(TAG.member, { [AT.name]: text('next'), [AT.type]: toAny('declared') })),
  );

  it('that is declared is completed by the same unit, or by another', () => {
    for (const units of [[holding(declaration, definition)], [holding(declaration), holding(definition)]]) {
      const type = typeOf(to('declared'), units);
      assert.ok(type.kind === 'struct');
      assert.equal(type.byteSize, 8);
      assert.equal(type.members[0]?.name, 'next');
    }
  });

  it('that is defined nowhere has no size', () => {
    const type = typeOf(to('declared'), [holding(declaration)]);
    assert.ok(type.kind === 'struct');
    assert.equal(type.byteSize, undefined);
  });

  it('whose size cannot be read has none', () => {
    const struct = entry(TAG.structureType, { [AT.name]: text('s'), [AT.byteSize]: form(0x0a, 0x7f) });
    const type = typeOf(toAny('s'), [holding(), holding(labelled('s', struct))]);
    assert.ok(type.kind === 'struct');
    assert.equal(type.byteSize, undefined);
  });

  it('that leads to damage has no size either', () => {
    const lost = { [AT.name]: text('s'), [AT.declaration]: flag, [AT.signature]: form(0x10, 0xff, 0, 0, 0) };
    const type = typeOf(to('lost'), [holding(labelled('lost', entry(TAG.structureType, lost)))]);
    assert.ok(type.kind === 'struct');
    assert.equal(type.byteSize, undefined);
    assert.deepEqual(type.members, []);
  });

  it('is found by its signature in a type unit', () => {
    const made = entry(TAG.typeUnit, {}, labelled('made', definition), declaration);
    const signature = 0x1122_3344_5566_7788n;
    const type = typeOf(
      form(0x20, ...little(signature, 8)),
      [holding(), made],
      [{ type: 2, signature, typeEntry: 'made' }],
    );
    assert.ok(type.kind === 'struct');
    assert.equal(type.name, 's');
  });

  it('that is made of itself ends somewhere', () => {
    const circle = labelled(
      'circle',
      entry(TAG.arrayType, { [AT.type]: to('circle') }, entry(TAG.subrangeType, { [AT.count]: data1(2) })),
    );
    const type = typeOf(to('circle'), [holding(circle)]);
    assert.ok(type.kind === 'array');
    assert.equal(type.byteSize, undefined);
    assert.ok(type.element.kind === 'array');
  });

  it('of a bit field is placed from either end', () => {
    const field = (name: string, attributes: Record<number, Value>): Entry =>
      entry(TAG.member, { [AT.name]: text(name), [AT.type]: to('int'), ...attributes });
    const int = labelled(
      'int',
      entry(TAG.baseType, { [AT.byteSize]: data1(4), [AT.encoding]: data1(5), [AT.name]: text('int') }),
    );
    const struct = labelled(
      's',
      entry(
        TAG.structureType,
        { [AT.byteSize]: data1(8) },
        // DWARF 3: 5 bits from bit 3 of the storage unit of 4 bytes at 4: 32 - 24 - 5 = 3.
        field('old', {
          [AT.dataMemberLocation]: data1(4),
          [AT.bitSize]: data1(5),
          [AT.bitOffset]: data1(24),
        }),
        field('new', { [AT.bitSize]: data1(5), [AT.dataBitOffset]: data1(35) }),
        field('plus', { [AT.dataMemberLocation]: form(0x0a, 2, 0x23, 6) }),
        field('virtual', { [AT.dataMemberLocation]: form(0x0a, 2, 0x12, 0x06) }),
      ),
    );
    const type = typeOf(to('s'), [holding(int, struct)]);
    assert.ok(type.kind === 'struct');
    const [old, fresh, plus, virtual] = type.members;
    assert.deepEqual([old?.offset, old?.bits], [4, { offset: 3, size: 5 }]);
    assert.deepEqual([fresh?.offset, fresh?.bits], [4, { offset: 3, size: 5 }]);
    assert.equal(plus?.offset, 6);
    assert.deepEqual(
      [virtual?.offset, virtual?.computed?.map(({ op }) => op)],
      [undefined, ['stack', 'dereference']],
    );
  });

  it('of an array counts from its bounds', () => {
    const array = (attributes: Record<number, Value>): number | undefined => {
      const made = labelled('a', entry(TAG.arrayType, {}, entry(TAG.subrangeType, attributes)));
      const type = typeOf(to('a'), [holding(made)]);
      return type.kind === 'array' ? type.count : undefined;
    };
    assert.equal(array({ [AT.upperBound]: data1(255) }), 256);
    assert.equal(array({ [AT.upperBound]: sdata(-1) }), 0);
    assert.equal(array({ [AT.upperBound]: data8(2n ** 64n - 1n) }), 0);
    assert.equal(array({ [AT.count]: data1(7) }), 7);
    assert.equal(array({ [AT.lowerBound]: data1(1), [AT.upperBound]: data1(3) }), 3);
    assert.equal(array({}), undefined);
    assert.equal(array({ [AT.upperBound]: expression(0x91, ...sleb(-8)) }), undefined);
  });

  it('of a tag that is not read is named', () => {
    const type = typeOf(to('set'), [
      holding(labelled('set', entry(TAG.setType, { [AT.name]: text('days') }))),
    ]);
    assert.deepEqual(type, { kind: 'unsupported', tag: 'DW_TAG_set_type', name: 'days' });
  });
});
