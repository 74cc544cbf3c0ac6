import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LineSite } from '../../../adapter/dwarf/lineSite';
import type { LineTables } from '../../../adapter/dwarf/lineTables';
import { formatAddress, virtualAddress } from '../../../adapter/elf/address';
import { assertExplained, compare, linesOf, share } from '../../corpus/breakpoints';
import { dumpedLines } from '../../corpus/dwarfdump';
import { gdbLines } from '../../corpus/gdb';
import { lua } from '../../corpus/corpus';
import { toldOf } from '../../builders/lineSites';
import { fixture, probeLine, VARIANTS, type Variant } from '../../fixtures/build';

const addressesOf = (places: readonly { address: number }[]): readonly number[] =>
  [...new Set(places.map(({ address }) => address))].sort((a, b) => a - b);
const nameOf = ({ compiler, flags }: Variant): string => `${compiler} ${flags.join(' ')}`;

describe('the sites of lines, against the breakpoints of gdb', () => {
  it('are the same in lua, gcc -O2, for at least 99 % of the lines', () => {
    const found = compare(lua(), ['lvm.c', 'ltable.c', 'lapi.c', 'llimits.h']);
    assert.ok(found.same > 1500);
    assert.ok(share(found) >= 0.99);
    assertExplained(found);
  });

  for (const variant of VARIANTS)
    it(`are the same in C++ with templates, inlining and the standard library: ${nameOf(variant)}`, () => {
      const program = fixture('places.cc', variant);
      const found = compare(program, ['places.cc', 'stl_vector.h', 'stl_algo.h', 'stl_tree.h', 'vector.tcc']);
      assert.ok(found.same > 50);
      assertExplained(found);
      assert.equal(share(found), 1);
    });

  for (const variant of [
    ...VARIANTS,
    { compiler: 'gcc', flags: ['-O2', '-gdwarf-4'] },
    { compiler: 'gcc', flags: ['-O2', '-fno-var-tracking'] },
    { compiler: 'gcc', flags: ['-Og', '-fno-omit-frame-pointer', '-fcf-protection'] },
    { compiler: 'clang', flags: ['-O2', '-gdwarf-4'] },
    { compiler: 'clang', flags: ['-O2', '-fno-omit-frame-pointer', '-gdwarf-2'] },
  ])
    it(`are the same in a C program: ${nameOf(variant)}`, () => {
      const found = compare(fixture('loop.c', variant), ['loop.c']);
      assert.ok(found.same > 20);
      assertExplained(found);
      assert.equal(share(found), 1);
      assert.ok(found.lost <= 2 && found.reasons.cold === 0);
    });
});

describe('a line without code', () => {
  const resolved = (marker: string, variant: Variant = VARIANTS[0]): ReturnType<LineTables['resolve']> =>
    linesOf(fixture('places.cc', variant)).resolve('places.cc', probeLine('places.cc', marker));

  it('goes to the next line with code of its function', () => {
    const found = resolved('comment');
    assert.ok(found.ok);
    const [site] = found.sites;
    assert.equal(site?.line, probeLine('places.cc', 'comment'));
    assert.equal(site.resolvedLine, probeLine('places.cc', 'for'));
    assert.equal(site.scope?.name, 'loop');
  });

  // With link-time optimisation a function is declared in one unit and has its code in another.
  for (const flags of [['-O0'], ['-O2'], ['-O2', '-flto']])
    it(`between functions is refused: gcc ${flags.join(' ')}`, () => {
      const found = resolved('between', { compiler: 'gcc', flags });
      assert.ok(!found.ok && found.gap.code === 'noCode');
    });

  it('between functions is refused with the lines around it', () => {
    const found = resolved('between');
    assert.ok(!found.ok && found.gap.code === 'noCode');
    const line = probeLine('places.cc', 'between');
    const [before, after] = found.gap.nearest;
    assert.ok(before! < line && after! > line);
  });

  it('belongs to the function that it is in, where units lie apart and their directory is relative', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    writeFileSync(
      join(folder, 'one.c'),
      'int helper(int a, int b);\nint main(int argc, char **argv) {\n  int total = 0;\n  for (int i = 0; i < argc; i++)\n    total += helper(i, argc);\n  return total;\n}\n',
    );
    writeFileSync(
      join(folder, 'two.c'),
      'volatile int sink;\nint helper(int a, int b) {\n  int result = a * b;\n  sink = result;\n  return result + sink;\n}\n',
    );
    const flags = ['-g', '-O2', '-flto', `-fdebug-prefix-map=${folder}=made/here`];
    execFileSync('gcc', [...flags, 'one.c', 'two.c', '-o', 'program'], { cwd: folder });
    const found = linesOf(join(folder, 'program')).resolve('one.c', 5);
    rmSync(folder, { recursive: true });
    assert.ok(found.ok && found.sites.length > 0);
    for (const { scope } of found.sites) assert.equal(scope?.name, 'main');
  });

  it('of a function that the optimiser folded away is refused, also before stray lines of others', () => {
    const program = fixture('folded.cc', { compiler: 'gcc', flags: ['-O2'] });
    const found = linesOf(program).resolve('folded.cc', probeLine('folded.cc', 'folded'));
    assert.ok(!found.ok && found.gap.code === 'noCode');
  });

  it('after the last function is refused', () => {
    const found = linesOf(fixture('places.cc')).resolve('places.cc', 10_000);
    assert.ok(!found.ok && found.gap.code === 'noCode');
    assert.equal(found.gap.nearest.length, 1);
  });

  it('of a function that the linker dropped is refused', () => {
    for (const compiler of ['gcc', 'clang']) {
      assert.equal(resolved('dead', { compiler, flags: ['-O0'] }).ok, true);
      const dropped = { compiler, flags: ['-O0', '-ffunction-sections', '-Wl,--gc-sections'] };
      const found = resolved('dead', dropped);
      assert.ok(!found.ok && found.gap.code === 'noCode');
    }
  });

  for (const variant of VARIANTS)
    it(`goes where gdb goes, or is refused: ${nameOf(variant)}`, () => {
      const program = fixture('loop.c', variant);
      const lines = linesOf(program);
      let moved = 0;
      for (const [line, locations] of gdbLines(program, { 'loop.c': null }).get('loop.c')!) {
        const found = lines.resolve('loop.c', line);
        if (!found.ok || found.sites[0]!.resolvedLine === line) continue;
        assert.deepEqual(addressesOf(found.sites), addressesOf(locations), `line ${line}`);
        moved++;
      }
      assert.ok(moved > 0);
    });
});

describe('a line with several places', () => {
  const sitesOf = (marker: string, variant: Variant): readonly LineSite[] => {
    const found = linesOf(fixture('places.cc', variant)).resolve('places.cc', probeLine('places.cc', marker));
    assert.ok(found.ok);
    return found.sites;
  };

  it('has a site in each instance of a template', () => {
    const names = sitesOf('template', { compiler: 'clang', flags: ['-O0'] }).map((site) => site.scope?.name);
    assert.equal(names.length, 2);
    assert.match(names[0]!, /^Stack<int>::push/);
    assert.match(names[1]!, /^Stack<std::.*>::push/);
  });

  it('has a site in each inlined copy, and says that it is one', () => {
    for (const variant of VARIANTS) {
      const sites = sitesOf('inlined', variant);
      assert.ok(sites.length >= 2, nameOf(variant));
      for (const site of sites) {
        assert.ok(site.scope);
        assert.equal(site.scope.name, 'clamp_add');
        assert.equal(site.scope.kind, 'inlined');
      }
    }
  });

  it('of a for loop has one site: the entry into the loop', () => {
    for (const variant of VARIANTS) {
      const sites = sitesOf('for', variant).filter(
        (site) => site.scope?.name === 'loop' && site.scope.kind !== 'inlined',
      );
      assert.ok(sites.length <= 1, nameOf(variant));
    }
    const [site] = sitesOf('for', VARIANTS[0]);
    assert.ok(site!.alternatives.length > 0);
  });

  it('has one site in a function that the debug information does not describe', () => {
    const program = fixture('loop.c', { compiler: 'clang', flags: ['-O0', '-gline-tables-only'] });
    let several = 0;
    for (const site of linesOf(program).statements('loop.c')) {
      assert.equal(site.scope, undefined);
      several += site.alternatives.length;
    }
    assert.ok(several > 0);
    const places = [...linesOf(program).statements('loop.c')].map(({ line }) => line);
    assert.equal(new Set(places).size, places.length);
  });

  it('names further statements of the line in the same block, each once, after the site', () => {
    for (const site of linesOf(lua()).statements('lvm.c')) {
      let last = site.address;
      for (const address of site.alternatives) {
        assert.ok(address > last);
        last = address;
      }
    }
  });
});

describe('line tables', () => {
  const lines = (): LineTables => linesOf(fixture('places.cc'));
  const line = probeLine('places.cc', 'for');

  it('find a file by its absolute path, its last components and its name', () => {
    const tables = lines();
    const whole = tables.files().find((path) => path.endsWith('/test/fixtures/places.cc'))!;
    const expected = tables.resolve(whole, line);
    assert.ok(expected.ok);
    for (const file of [
      'places.cc',
      'fixtures/places.cc',
      './fixtures/places.cc',
      'test/fixtures/../fixtures/places.cc',
    ])
      assert.deepEqual(toldOf(tables.resolve(file, line)), toldOf(expected), file);
    assert.equal(tables.resolve('tures/places.cc', line).ok, false);
    assert.equal(tables.resolve('/places.cc', line).ok, false);
  });

  it('name similar files for one that they do not have', () => {
    const similar = (file: string): readonly string[] => {
      const found = lines().resolve(file, 1);
      assert.ok(!found.ok && found.gap.code === 'noSuchFile');
      return found.gap.similar;
    };
    assert.match(similar('/elsewhere/places.cc')[0]!, /\/test\/fixtures\/places\.cc$/);
    assert.match(similar('places.c')[0]!, /\/test\/fixtures\/places\.cc$/);
    assert.deepEqual(similar('quite_another.c'), []);
  });

  it('do not choose between two files of one name', () => {
    const tables = linesOf(fixture('twins.c'));
    const found = tables.resolve('twin.c', 2);
    assert.ok(!found.ok && found.gap.code === 'ambiguousFile');
    assert.deepEqual(
      found.gap.files.map((path) => path.split('/').slice(-2).join('/')),
      ['one/twin.c', 'two/twin.c'],
    );
    for (const [file, name] of [
      ['one/twin.c', 'first'],
      ['two/twin.c', 'second'],
    ]) {
      const chosen = tables.resolve(file!, 2);
      assert.ok(chosen.ok);
      assert.deepEqual(
        chosen.sites.map((site) => site.scope?.name),
        [name],
      );
    }
  });

  it('give with all statements what they give line by line', () => {
    const program = fixture('places.cc', { compiler: 'gcc', flags: ['-O2'] });
    const tables = linesOf(program);
    const byLine = new Map<number, LineSite[]>();
    for (const site of tables.statements('places.cc')) {
      assert.equal(site.line, site.resolvedLine);
      byLine.set(site.line, [...(byLine.get(site.line) ?? []), site]);
    }
    assert.ok(byLine.size > 20);
    for (const [number, sites] of byLine)
      assert.deepEqual(toldOf(tables.resolve('places.cc', number)), toldOf({ ok: true, sites }));
  });

  it('lead from the address of a statement to its line', () => {
    const tables = linesOf(lua());
    const { rows } = dumpedLines(lua());
    const starts = new Map<number, Set<number>>();
    for (const row of rows)
      if (!row.endSequence) starts.set(row.address, (starts.get(row.address) ?? new Set()).add(row.line));
    let checked = 0;
    for (const { address } of tables.statements('ltable.c')) {
      assert.ok(starts.get(address)!.has(tables.locate(address)!.line), formatAddress(address));
      checked++;
    }
    assert.ok(checked > 300);
    assert.equal(tables.locate(virtualAddress(0x10)), undefined);
  });
});
