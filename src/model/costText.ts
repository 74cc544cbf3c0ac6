/** What hits cost the program, in words. */
import { durationInWords } from '../../adapter/durationText';
import type { CostView, SiteView, TracepointView, TrapKind } from '../../adapter/protocol';

/** `Cost 1.9 µs a hit, measured (trap 1.5 µs, stepped; program 0.4 µs)` */
export function costText(cost: CostView, sites: readonly SiteView[]): string {
  const { mean, traps, program, gaps = [] } = cost;
  const parts = [
    ...(traps ? [trapText(traps, kindsOf(sites))] : []),
    ...(program === undefined ? [] : [`program ${durationInWords(program)}`]),
  ];
  const isPending = program === undefined && gaps.length === 0;
  if (parts.length === 0) return `Cost unknown: ${gaps.join('; ')}`;
  const least = isWhole(cost) ? '' : 'at least ';
  const known = [...parts, ...(isPending ? ['program not timed yet'] : [])].join('; ');
  return [`Cost ${least}${durationInWords(mean)} a hit, measured (${known})`, ...gaps].join('; ');
}

/** Why it is as cheap as it is; undefined where probes are at the line's own instructions. */
export function movedText(cost: CostView | undefined, sites: readonly SiteView[]): string | undefined {
  const moved = sites.filter((site) => site.moved).length;
  if (moved === 0) return undefined;
  const where = moved === 1 ? 'a neighbouring instruction' : 'neighbouring instructions';
  const instead = cost?.traps
    ? `: the trap of one that is single-stepped takes ${durationInWords(cost.traps.stepped)}`
    : ', not single-steps';
  return `Counted at ${where} that the kernel emulates${instead}.`;
}

/** All of its parts are measured. */
const isWhole = ({ traps, program }: CostView): boolean => traps !== undefined && program !== undefined;

interface Overhead {
  /** Of one processor, in percent. */
  readonly percent: number;
  /** Something of it is not measured. */
  readonly isLeast: boolean;
}

/** What all hits of now cost the programs; undefined where there are none, or none is measured. */
export function overheadOf(views: readonly TracepointView[]): Overhead | undefined {
  const hitting = views.filter(({ rate }) => rate > 0);
  if (!hitting.some(({ cost }) => cost && cost.mean > 0)) return undefined;
  const nanoseconds = hitting.reduce((sum, { rate, cost }) => sum + rate * (cost?.mean ?? 0), 0);
  const percent = nanoseconds / 1e7;
  const isLeast = hitting.some(({ cost }) => !cost || !isWhole(cost));
  return isLeast && percent < LEAST_TOLD ? undefined : { percent, isLeast };
}

/** `2.1 %`, `at least 30 %` */
export function overheadInWords({ percent, isLeast }: Overhead): string {
  const least = isLeast ? 'at least ' : '';
  if (percent < LEAST_TOLD) return `below ${LEAST_TOLD}\u00a0%`;
  return `${least}${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)}\u00a0%`;
}

const LEAST_TOLD = 0.1;

const kindsOf = (sites: readonly SiteView[]): Set<TrapKind> => new Set(sites.map(({ trap }) => trap));

function trapText(traps: Record<TrapKind, number>, kinds: ReadonlySet<TrapKind>): string {
  const [only] = kinds;
  if (kinds.size === 1) return `trap ${durationInWords(traps[only!])}, ${only!}`;
  return `trap ${durationInWords(traps.emulated)} where emulated, ${durationInWords(traps.stepped)} where stepped`;
}
