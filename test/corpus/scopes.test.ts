import assert from 'node:assert/strict';
import { corpus } from './corpus';
import { table } from '../setup/results';
import { writeSection } from './results';
import { ALL, LUA, OTHERS } from './sample';
import { compareScopes, type Agreement, type ScopeComparison } from './scopes';

const CLASSES: Readonly<Record<Agreement, string>> = {
  same: 'the same name, kind and type, and a place or value in both or in neither',
  better: 'we know a place, gdb none',
  cloneOfBlock:
    'clang does not say which abstract block a concrete one is of: gdb shows some variables of blocks around these, too, optimised out, or leaves out what is',
  beforeDwarf3:
    'DWARF 2 has no call sites and no scopes in several ranges: gdb takes inlined functions for blocks, from the first address of one to the last of another, and their parameters for variables',
  named:
    'gdb names an unnamed type after its typedef, and leaves out the namespace of one that is local to a function',
  bySymbol: 'declared here and defined where there is no debug information: gdb goes by the symbol table',
  different: 'none of these',
};

/** Programs of hundreds of megabytes, and the file of theirs that addresses are sampled from. */
const LARGE = [
  ['libjvm.debug', 'g1CollectedHeap.cpp'],
  ['vmlinux', 'kernel/sched/fair.c'],
] as const;
const LARGE_SAMPLE = 60;

const KINDS = Object.keys(CLASSES) as Agreement[];
const rowOf = (name: string, { addresses, counts }: ScopeComparison): (string | number)[] => [
  name,
  addresses,
  ...KINDS.map((kind) => counts[kind]),
];

describe('variables in scope, against those of gdb', () => {
  const found = new Map<string, ScopeComparison>();

  for (const [names, sample] of [
    [LUA, 60],
    [OTHERS, 150],
  ] as const)
    for (const name of names)
      it(name, () => {
        const comparison = compareScopes(corpus(name), sample);
        found.set(name, comparison);
        assert.equal(comparison.addresses, sample);
        assert.deepEqual(comparison.different, []);
      });

  after(() => {
    if (found.size < ALL.length) return;
    const total = (kind: Agreement): number =>
      [...found.values()].reduce((sum, one) => sum + one.counts[kind], 0);
    writeSection('Variables in scope against gdb', [
      `At sampled is_stmt addresses the variables of all scopes up to the subprogram's, against those of gdb's blocks.`,
      '',
      ...table(
        ['class', 'variables', 'what it is'],
        KINDS.map((kind) => [kind, total(kind), CLASSES[kind]]),
      ),
      '',
      ...table(
        ['program', 'addresses', ...KINDS],
        [...found].map(([name, comparison]) => rowOf(name, comparison)),
      ),
    ]);
  });
});

describe('variables in scope in a large program, against those of gdb', () => {
  const found = new Map<string, ScopeComparison>();

  for (const [name, file] of LARGE)
    it(`${name}, ${file}`, () => {
      const comparison = compareScopes(corpus(name), LARGE_SAMPLE, file);
      found.set(`${name}, ${file}`, comparison);
      assert.equal(comparison.addresses, LARGE_SAMPLE);
      assert.deepEqual(comparison.different, []);
    });

  after(() => {
    if (found.size < LARGE.length) return;
    writeSection('Variables in scope in large programs against gdb', [
      'The same at sampled addresses of one file of each.',
      '',
      ...table(
        ['program', 'addresses', ...KINDS],
        [...found].map(([name, comparison]) => rowOf(name, comparison)),
      ),
    ]);
  });
});
