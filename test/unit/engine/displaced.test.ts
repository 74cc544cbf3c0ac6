import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { contextOf, type CandidateSite } from '../../../adapter/engine/site';
import { findSites } from '../../../adapter/engine/siteSearch';
import { openProgram } from '../../../adapter/symbols/module';
import { SourceMap } from '../../../adapter/symbols/sourceMap';
import { fixture, probeLine } from '../../fixtures/build';

const PROGRAM = fixture('displaced.c', { compiler: 'gcc', flags: ['-O2'] });
const FIRST = probeLine('displaced.c', 'first');
const LAST = probeLine('displaced.c', 'last');

/** Of the lines of take(). */
function sites(): CandidateSite[] {
  const where = { kind: 'lines', name: 'displaced.c' } as const;
  return findSites(where, [openProgram(PROGRAM)], new SourceMap()).sites.filter(
    ({ resolvedLine = 0 }) => FIRST <= resolvedLine && resolvedLine <= LAST,
  );
}
const isDisplaced = ({ displaced }: CandidateSite): boolean => displaced?.() !== undefined;

/** Do its blocks say to gdb that an address is in a function, or in a copy of it? */
function gdbHas(name: string, address: number): boolean {
  const script = `python
block = gdb.block_for_pc(${address})
while block and not block.is_static:
  if block.function: print('IN', block.function)
  block = block.superblock`;
  const output = execFileSync('gdb', ['-nx', '-batch', '-ex', script, PROGRAM], { encoding: 'utf8' });
  assert.match(output, /^IN /m);
  return output.includes(`IN ${name}\n`);
}

describe('Code of an inlined function that the compiler put outside its copy', () => {
  it('is what gdb finds other functions around', () => {
    const displaced = sites().map(isDisplaced);
    assert.ok(displaced.includes(true) && displaced.includes(false));
    for (const site of sites()) assert.equal(gdbHas('take', site.address), !isDisplaced(site));
  });

  it('has the names of its source, and none of the values of other variables of these names', () => {
    for (const site of sites().filter(isDisplaced)) {
      const context = contextOf(site)!;
      for (const name of ['n', 'p']) {
        const { location } = context.lookup(name)!;
        const reason = { code: 'displaced', functionName: 'take' };
        assert.deepEqual(location, { kind: 'unavailable', reason });
        for (const all of [context.frameLocals(), context.locals()])
          assert.equal(all.filter((one) => one.name === name).length, 1);
      }
      const { type } = context.lookup('p')!;
      assert.ok(type.kind === 'pointer' && type.target.kind === 'struct', 'that of take, not of serve');
    }
  });

  it('has its static variables, which are in one place for all copies', () => {
    for (const site of sites().filter(isDisplaced))
      assert.equal(contextOf(site)!.lookup('deliveries')?.location.kind, 'expression');
  });

  it('sees what else there is around it', () => {
    for (const site of sites().filter(isDisplaced)) {
      const context = contextOf(site)!;
      assert.equal(context.lookup('names')?.scope, 'local', 'of main');
      assert.equal(context.lookup('shelf')?.scope, 'global');
    }
  });
});
