import type { HitCost } from '../engine/costMeter';
import { costGapText } from '../messages';
import type { CostView } from '../protocol';

export function costView({ mean, traps, program, gaps }: HitCost): CostView {
  return {
    mean: Math.round(mean),
    ...(traps && { traps: { emulated: Math.round(traps.emulated), stepped: Math.round(traps.stepped) } }),
    ...(program !== undefined && { program: Math.round(program) }),
    ...(gaps.length > 0 && { gaps: gaps.map(costGapText) }),
  };
}
