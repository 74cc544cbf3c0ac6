/** Counts of probes where instructions are, and of those that were moved from there, in one run of a program. */
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { Installation } from '../../adapter/backend/backend';
import { formatAddress, type VirtualAddress } from '../../adapter/elf/address';
import { CodePlacement } from '../../adapter/engine/codePlacement';
import { launchProgram } from '../../adapter/engine/launchedTarget';
import { openProgram, type Module } from '../../adapter/symbols/module';

export interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface MovedCounts {
  /** Addresses where a probe may be. */
  readonly addresses: number;
  /** Those whose instruction the kernel does not emulate. */
  readonly stepped: number;
  /** Of these, those that are counted at one that it emulates. */
  readonly cheap: number;
  /** Hits of all probes that were not moved. */
  readonly hits: number;
  /** Places that have other counts where they were moved to. */
  readonly different: readonly string[];
}

/** @param addressesOf those that are compared */
export async function compareMoved(
  { program, args, directory = process.cwd(), environment = {} }: Run,
  addressesOf: (module: Module, code: CodePlacement) => Iterable<VirtualAddress>,
): Promise<MovedCounts> {
  const module = openProgram(program);
  const code = new CodePlacement(module);
  const addresses = [...new Set(addressesOf(module, code))].filter((at) => code.place(at).kind === 'here');
  const movedOf = new Map(addresses.map((at) => [at, movedTo(code, at)]));
  const moved = [...new Set(movedOf.values())];
  const backend = openKernelBackend();
  try {
    const target = await launchProgram({
      program,
      args,
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      symbolSearchPath: [],
    });
    const install = (places: readonly VirtualAddress[]): Promise<Installation> =>
      backend.install({
        path: module.openPath,
        buildId: module.buildId,
        pid: target.pid,
        sites: places.map((address) => ({ address, offset: module.image.fileOffset(address)!, program: 0 })),
        programs: [{ captures: [], mode: 'count' }],
      });
    const installations = [await install(addresses), await install(moved)] as const;
    for (const stream of [target.stdout, target.stderr]) stream?.resume();
    target.release();
    await target.ended;
    const [own, others] = installations.map((each) => each.counts().map(({ hits }) => hits)) as Two;
    const countAt = new Map(moved.map((address, i) => [address, others[i]!]));
    const stepped = addresses.filter((at) => !code.emulates(at, at));
    return {
      addresses: addresses.length,
      stepped: stepped.length,
      cheap: stepped.filter((at) => code.emulates(at, movedOf.get(at)!)).length,
      hits: own.reduce((sum, hits) => sum + hits, 0),
      different: addresses.flatMap((at, i) => {
        const to = movedOf.get(at)!;
        return own[i] === countAt.get(to) ? [] : [differenceAt(at, own[i]!, to, countAt.get(to)!)];
      }),
    };
  } finally {
    await backend.dispose();
    module.close();
  }
}

type Two = [number[], number[]];

function movedTo(code: CodePlacement, address: VirtualAddress): VirtualAddress {
  const placement = code.placeCount(address);
  if (placement.kind === 'refused') throw new Error(`${formatAddress(address)} is refused`);
  return placement.address;
}

const differenceAt = (at: VirtualAddress, hits: number, to: VirtualAddress, others: number): string =>
  `${formatAddress(at)}: ${hits}, moved to ${formatAddress(to)}: ${others}`;
