import type { Descriptor } from '../sys/owned';
import type { System } from '../sys/system';
import { SystemError } from '../sys/systemError';
import { assemble } from './assembler';
import { call, exit, moveImmediate, move, arithmeticImmediate, type Line } from './instruction';
import { linkProbes } from './link';
import { createMap, MappedArray } from './map';
import { loadProgram } from './program';
import { VerifierError } from './verifierError';
import { PAGE_SIZE } from '../sys/system';

/** Each is tried, never concluded from a version. */
export type FeatureSupport =
  | { readonly kind: 'supported' }
  | { readonly kind: 'notSupported' }
  /** The attempt failed for something else: `reason`, such as `bpf(PROG_LOAD): EPERM`. */
  | { readonly kind: 'inconclusive'; readonly reason: string };

/** What the kernel backend stands on; simpler things first, so that the first that is missing is the cause. */
export const FEATURES = {
  mmapableArray: (system: System): void => {
    MappedArray.create(system, 'probe', 8, 1).close();
  },
  ringBuffer: (system: System): void => {
    createMap(system, {
      type: 'RINGBUF',
      name: 'probe',
      keySize: 0,
      valueSize: 0,
      entries: PAGE_SIZE,
      flags: 0,
    }).close();
  },
  /** Programs of kprobe type for uprobe_multi links that may sleep. */
  sleepableProgram: (system: System): void => {
    program(system).close();
  },
  attachCookie: (system: System): void => {
    program(system, call('get_attach_cookie')).close();
  },
  copyFromUser: (system: System): void => {
    // r1 = 8 bytes of the stack, r3 = an address that no process has
    const read = [move(1, 10), arithmeticImmediate('add', 1, -8), moveImmediate(2, 8), moveImmediate(3, 0)];
    program(system, ...read, call('copy_from_user')).close();
  },
  uprobeMulti: uprobeMultiLink,
} as const satisfies Record<string, (system: System) => void>;
export type Feature = keyof typeof FEATURES;

const known = new WeakMap<System, Map<Feature, FeatureSupport>>();

/** Tries a feature; remembered per system unless inconclusive. Never throws. */
export function featureSupport(system: System, feature: Feature): FeatureSupport {
  const results = known.get(system) ?? new Map<Feature, FeatureSupport>();
  known.set(system, results);
  const result = results.get(feature) ?? attempt(system, FEATURES[feature]);
  if (result.kind !== 'inconclusive') results.set(feature, result);
  return result;
}

/** The first feature that the kernel lacks; undefined if none is known to be missing. */
export function missingFeature(system: System): Feature | undefined {
  return (Object.keys(FEATURES) as Feature[]).find(
    (feature) => featureSupport(system, feature).kind === 'notSupported',
  );
}

function attempt(system: System, use: (system: System) => void): FeatureSupport {
  try {
    use(system);
    return { kind: 'supported' };
  } catch (error) {
    if (error instanceof VerifierError) return { kind: 'notSupported' };
    if (!(error instanceof SystemError)) throw error;
    return UNKNOWN_TO_KERNEL.has(error.errno)
      ? { kind: 'notSupported' }
      : { kind: 'inconclusive', reason: error.message };
  }
}

/** A link to a directory is refused with EBADF by a kernel that knows uprobe_multi, with EINVAL by one that does not. */
function uprobeMultiLink(system: System): void {
  const loaded = program(system);
  try {
    linkProbes(system, loaded, { path: '/', pid: 0, probes: [{ offset: 0, cookie: 0 }] }).close();
  } catch (error) {
    if (!(error instanceof SystemError && error.errno === 'EBADF')) throw error;
  } finally {
    loaded.close();
  }
}

/** Does `body` with the context in r1, returns 0. */
function program(system: System, ...body: Line[]): Descriptor {
  return loadProgram(system, 'probe', assemble([...body, moveImmediate(0, 0), exit()], {}));
}

const UNKNOWN_TO_KERNEL = new Set(['EINVAL', 'E2BIG', 'ENOTSUPP', 'EOPNOTSUPP', 'ENOSYS']);
