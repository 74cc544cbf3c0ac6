import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import { virtualAddress, type VirtualAddress } from '../../adapter/elf/address';
import { functionSymbols } from '../../adapter/elf/symbolTable';
import { CodePlacement } from '../../adapter/engine/codePlacement';
import { openProgram, type Module } from '../../adapter/symbols/module';
import { fixture, VARIANTS } from '../fixtures/build';
import { needsKernel } from './available';
import { compareMoved } from './movedCounts';
import { Target } from './sourcetap';

/** Every address of the program's own functions: those that are no instructions take no probe. */
function* everyAddress({ image, debug }: Module): Generator<VirtualAddress> {
  for (const { address, size } of functionSymbols(image))
    if (debug!.info.subprogramAt(address))
      for (let at = 0; at < size; at++) yield virtualAddress(address + at);
}

const NO_PIE = VARIANTS.map(({ compiler, flags }) => ({
  compiler,
  flags: [...flags, '-fno-pie', '-no-pie'],
}));

describe('counting probes that were moved', function () {
  before(needsKernel);

  for (const variant of [...VARIANTS, ...NO_PIE])
    it(`count as those at every instruction of a program, ${variant.compiler} ${variant.flags.join(' ')}`, async () => {
      const program = fixture('jumps.cc', variant);
      const { different, hits, stepped, cheap } = await compareMoved(
        { program, args: ['200'] },
        everyAddress,
      );
      assert.deepEqual(different, []);
      assert.ok(hits > 10_000);
      assert.ok(cheap > stepped / 3, `${String(cheap)} of ${String(stepped)} are cheap`);
    });

  it('are where the kernel takes no single step: it maps no page for one', async () => {
    const module = openProgram(fixture('jumps.cc', { compiler: 'gcc', flags: ['-O0'] }));
    const code = new CodePlacement(module);
    const addresses = [...everyAddress(module)].filter((at) => code.place(at).kind === 'here');
    const cheap = addresses.filter((at) => code.emulates(at, at));
    assert.deepEqual(await areaOf(module, cheap), { hit: true, steps: false });
    const stepped = addresses.filter((at) => !code.emulates(at, at));
    assert.deepEqual(await areaOf(module, stepped), { hit: true, steps: true });
    module.close();
  });
});

/** Runs the program with probes: are they hit, and does the kernel make the page on which it single-steps copies? */
async function areaOf(
  { path, buildId, image }: Module,
  addresses: readonly VirtualAddress[],
): Promise<{ hit: boolean; steps: boolean }> {
  const target = new Target(path, '50', 'wait');
  const backend = openKernelBackend();
  try {
    await target.printed(/ready/);
    const sites = addresses.map((address) => ({ address, offset: image.fileOffset(address)!, program: 0 }));
    const programs = [{ captures: [], mode: 'count' }] as const;
    const installation = await backend.install({ path, buildId, pid: target.pid, sites, programs });
    target.process.stdin.write('\n');
    await target.printed(/sum/);
    const maps = readFileSync(`/proc/${String(target.pid)}/maps`, 'utf8');
    return { hit: installation.counts().some(({ hits }) => hits > 0), steps: maps.includes('[uprobes]') };
  } finally {
    target.go();
    await target.end();
    await backend.dispose();
  }
}
