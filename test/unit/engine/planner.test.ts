import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { planTracepoint, type Planning, type PlanPart } from '../../../adapter/engine/planner';
import { PlanError, type PlanFailure } from '../../../adapter/engine/planError';
import { DEFAULT_LIMITS, type CaptureRequest } from '../../../adapter/engine/definition';
import { parseWhere } from '../../../adapter/engine/where';
import { formatAddress } from '../../../adapter/elf/address';
import { openProgram, type Module } from '../../../adapter/symbols/module';
import { SourceMap } from '../../../adapter/symbols/sourceMap';
import { fixture, FIXTURES, probeLine, VARIANTS } from '../../fixtures/build';

const WORK = `loop.c:${String(probeLine('loop.c', 'work'))}`;
const LINKED = `loop.c:${String(probeLine('loop.c', 'linked'))}`;

const gdb = (program: string, ...commands: string[]): string =>
  execFileSync('gdb', ['-nx', '-batch', ...commands.flatMap((command) => ['-ex', command]), program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** The addresses that gdb puts a breakpoint at. */
const gdbAddresses = (program: string, where: string): string[] =>
  [...gdb(program, `break ${where}`, 'info breakpoints').matchAll(/^\d+(?:\.\d+)?\s.*(0x[0-9a-f]+)/gm)]
    .map((match) => `0x${BigInt(match[1]!).toString(16)}`)
    .sort();

describe('planning', () => {
  for (const variant of VARIANTS) {
    describe(`${variant.compiler} ${variant.flags.join(' ')}`, () => {
      const program = fixture('loop.c', variant);
      let module: Module;
      before(() => {
        module = openProgram(program);
      });
      after(() => {
        module.close();
      });

      const plan = (
        where: string,
        capture: CaptureRequest = { mode: 'snapshot' },
        map = new SourceMap(),
      ): Planning =>
        planTracepoint(
          { where: parseWhere(where)!, capture, limits: DEFAULT_LIMITS },
          { modules: [module], program: module, sourceMap: map, pid: 42 },
        );
      const failure = (where: string, capture?: CaptureRequest): PlanFailure => {
        try {
          plan(where, capture);
        } catch (error) {
          if (error instanceof PlanError) return error.failure;
          throw error;
        }
        return assert.fail('it was planned');
      };
      const addresses = (planning: Planning): string[] =>
        planning.parts.flatMap(({ sites }) => sites.map((site) => formatAddress(site.address))).sort();

      for (const where of [WORK, LINKED, 'work', 'thread', 'main'])
        it(`has ${where.replace(/:\d+/, ' (a line)')} where gdb has it`, () => {
          assert.deepEqual(addresses(plan(where)), gdbAddresses(program, where));
        });

      it('names the file, the process and the bytes of the file where the probe goes', () => {
        const { plan: made, sites } = plan(WORK).parts[0]!;
        const buildId = /Build ID: (\w+)/.exec(
          execFileSync('readelf', ['-n', program], { encoding: 'utf8' }),
        )![1];
        assert.equal(made.path, program);
        assert.equal(made.pid, 42);
        assert.equal(made.buildId, buildId);
        for (const [i, { offset, address }] of made.sites.entries()) {
          assert.equal(address, sites[i]!.probeAddress);
          // These programs are linked with the code at the same place in the file and in memory.
          assert.equal(offset, address);
        }
      });

      it('shares a program among sites that capture the same', () => {
        const { plan: made } = plan('loop.c', { mode: 'count' }).parts[0]!;
        assert.ok(made.sites.length > 10);
        assert.deepEqual(made.programs, [{ captures: [], mode: 'count' }]);
      });

      it('counts where a name means nothing, and says so', () => {
        const { parts, unavailable } = plan(WORK, { mode: 'log', message: '{n} {nobody}' });
        assert.equal(parts[0]!.sites.length, gdbAddresses(program, WORK).length);
        assert.deepEqual(
          unavailable.filter(({ text }) => text === 'nobody').map(({ gap }) => gap.code),
          ['notTyped'],
        );
      });

      it('shares a probe among lines that run as often, each of which it counts', () => {
        const where = { kind: 'lines', name: 'loop.c' } as const;
        const definition = { where, capture: { mode: 'count' }, limits: DEFAULT_LIMITS } as const;
        const target = { modules: [module], program: module, sourceMap: new SourceMap(), pid: 42 };
        const [part] = planTracepoint(definition, target).parts as [PlanPart];
        const lines = new Set([...module.debug!.lines.statements('loop.c')].map(({ line }) => line));
        assert.deepEqual(new Set(part.sites.map(({ resolvedLine }) => resolvedLine)), lines);
        assert.ok(part.plan.sites.length < part.sites.length);
        for (const [i, site] of part.sites.entries())
          assert.equal(part.plan.sites[part.probes[i]!]!.address, site.probeAddress);
      });

      it('finds no address of the program in a library that comes later', () => {
        const where = { kind: 'address', address: module.image.entry } as const;
        const definition = { where, capture: { mode: 'count' }, limits: DEFAULT_LIMITS } as const;
        const target = { modules: [module], program: undefined, sourceMap: new SourceMap(), pid: 42 };
        assert.throws(() => planTracepoint(definition, target), { failure: { code: 'noModules' } });
      });

      it('takes a file by its name, its path, and a path that is mapped', () => {
        const line = WORK.split(':')[1]!;
        const expected = addresses(plan(WORK));
        assert.deepEqual(addresses(plan(`${FIXTURES}/loop.c:${line}`)), expected);
        const mapped = plan(
          `/elsewhere/loop.c:${line}`,
          undefined,
          new SourceMap({ [FIXTURES]: '/elsewhere' }),
        );
        assert.deepEqual(addresses(mapped), expected);
        assert.equal(mapped.parts[0]!.sites[0]!.file, '/elsewhere/loop.c');
      });

      it('refuses what is not there, and what does not parse', () => {
        assert.equal(failure('other.c:1').code, 'line');
        assert.equal(failure('loop.c:1').code, 'line');
        assert.equal(failure('nobody').code, 'noSuchName');
        assert.equal(failure('*0x3').code, 'notCode');
        const message = failure(WORK, { mode: 'log', message: 'n={n' });
        assert.ok(message.code === 'expression' && message.error.column === 4);
      });
    });
  }
});

describe('a place', () => {
  it('is a line, an address, or a name', () => {
    assert.deepEqual(parseWhere('a/b.c:12'), { kind: 'line', file: 'a/b.c', line: 12 });
    assert.deepEqual(parseWhere('a/b.c:12:3'), { kind: 'line', file: 'a/b.c', line: 12, column: 3 });
    assert.deepEqual(parseWhere('ns::f'), { kind: 'name', name: 'ns::f' });
    assert.deepEqual(parseWhere('*0x40'), { kind: 'address', address: 64 });
    for (const nonsense of ['', '*x', '*0x', 'a.c:', 'a.c:0', 'a.c:1:0', 'a.c:1:', ':3', 'a.c:99999999999'])
      assert.equal(parseWhere(nonsense), undefined, nonsense);
  });
});
