/**
 * Programs full of AVX2 code, string functions and switch tables, with a probe on every address of every function that we
 * allow. What they print and how often each instruction runs is compared with the program alone, single-stepped.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { virtualAddress, type VirtualAddress } from '../../adapter/elf/address';
import { SubprogramCode } from '../../adapter/x86/subprogramCode';
import { fixture } from '../fixtures/build';
import { ProgramCode, type ProgramFunction } from '../fixtures/x86/programCode';
import { kernelGap } from './available';
import { runProbed } from './x86Probes';

const FLAGS = ['-O3', '-mavx2', '-fno-pie', '-no-pie'];
/** Not the fixture's own, or run before the probes are in. */
const RUNTIME =
  /^(main|_start|_init|_fini|_dl_relocate_static_pie|deregister_tm_clones|register_tm_clones|frame_dummy|__.*)$/;

describe('probes on all of a vectorised program', function () {
  before(function () {
    const gap =
      kernelGap() ?? (/\bavx2\b/.test(readFileSync('/proc/cpuinfo', 'utf8')) ? undefined : 'no AVX2');
    if (gap) {
      console.log(`skipped: ${gap}`);
      this.skip();
    }
  });

  for (const compiler of ['gcc', 'clang'])
    describe(compiler, () => {
      let program: ProgramCode;
      let functions: readonly Decoded[];
      let executed: ReadonlyMap<number, number>;

      before(() => {
        program = new ProgramCode(fixture('x86/vectors.c', { compiler, flags: FLAGS }));
        functions = program
          .functions()
          .filter(({ name }) => !RUNTIME.test(name))
          .map(decode);
        executed = stepCounts(program);
      });

      it('print the same, and count what a single-stepper counts', async () => {
        const allowed = functions.flatMap(({ code, addresses }) =>
          addresses.filter((address) => code.verdictAt(address).kind === 'here'),
        );
        const all = functions.flatMap(({ addresses }) => addresses);
        assert.ok(allowed.length > all.length / 2, 'most addresses can be probed');
        assert.ok(allowed.length < all.length * 0.98, 'the program has vector code');
        const { output, hits } = await runProbed(program, ['wait'], allowed);
        assert.equal(output, execFileSync(program.path, { encoding: 'utf8' }));
        assert.deepEqual(
          allowed.map((address, i) => [address.toString(16), hits[i]]),
          allowed.map((address) => [address.toString(16), executed.get(address) ?? 0]),
        );
      });

      it('move only to where the count is the same', () => {
        let moved = 0;
        for (const { code, addresses } of functions)
          for (const address of addresses) {
            const placement = code.place(address, { registers: new Set() });
            if (placement.kind !== 'moved') continue;
            moved++;
            const [from, to] = [address, placement.address].map((at) => executed.get(at) ?? 0);
            assert.equal(to, from, `from ${address.toString(16)} to ${placement.address.toString(16)}`);
          }
        assert.ok(moved > 20, `${String(moved)} addresses move`);
      });
    });
});

interface Decoded {
  readonly code: SubprogramCode;
  readonly addresses: readonly VirtualAddress[];
}

function decode({ start, bytes }: ProgramFunction): Decoded {
  const code = SubprogramCode.decode(start, bytes);
  return { code, addresses: [...code.instructions()].map(({ address }) => address) };
}

/** Executions of each instruction of the program from run() on, by ptrace. */
function stepCounts(program: ProgramCode): Map<number, number> {
  const stepper = fixture('x86/stepcount.c', { compiler: 'gcc', flags: ['-O1'] });
  const functions = program.functions();
  const last = functions.at(-1)!;
  const bounds = [functions[0]!.start, last.start + last.bytes.length, program.addressOf('run')];
  const args = [...bounds.map((bound) => bound.toString(16)), program.path];
  const lines = execFileSync(stepper, args, { encoding: 'utf8' }).trim().split('\n');
  return new Map(
    lines
      .map((line) => line.split(' '))
      .map(([at, count]) => [virtualAddress(parseInt(at!, 16)), Number(count)]),
  );
}
