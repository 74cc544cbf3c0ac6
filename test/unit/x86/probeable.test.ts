import assert from 'node:assert/strict';
import type { Placement } from '../../../adapter/x86/placement';
import { INSTRUCTIONS } from '../../fixtures/x86/instructions';
import { snippets } from '../../fixtures/x86/snippets';

/** `here`, or the class for which a probe is refused. */
function verdictOf(placement: Placement): string {
  if (placement.kind !== 'refused') return placement.kind;
  return placement.reason.code === 'forbidden' ? placement.reason.class : placement.reason.code;
}

describe('which instructions may carry a probe', () => {
  const { snippets: all } = snippets(INSTRUCTIONS);

  for (const verdict of new Set(all.map(({ row }) => row.verdict)))
    it(verdict, () => {
      const rows = all.filter(({ row }) => row.verdict === verdict);
      assert.deepEqual(
        rows.map(({ row, address, subprogram }) => [row.code, verdictOf(subprogram.verdictAt(address))]),
        rows.map(({ row }) => [row.code, verdict]),
      );
    });

  it('names the instruction in AT&T syntax', () => {
    const { subprogram, address } = all.find(({ row }) => row.code === 'lock addl $1, (%rbx)')!;
    assert.deepEqual(subprogram.verdictAt(address), {
      kind: 'refused',
      reason: { code: 'forbidden', class: 'lock', instruction: 'lock addl $1,(%rbx)' },
    });
  });
});
