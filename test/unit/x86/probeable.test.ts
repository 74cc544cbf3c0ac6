import assert from 'node:assert/strict';
import { Code, CodeExt } from 'iced-x86';
import { virtualAddress } from '../../../adapter/elf/address';
import type { Placement } from '../../../adapter/x86/placement';
import { SubprogramCode } from '../../../adapter/x86/subprogramCode';
import { everyEncoding } from '../../fixtures/x86/encodings';
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

  it('names its operands in lower-case hexadecimal', () => {
    // lock addl $0xabc,0x1f(%rbx)
    const bytes = [0xf0, 0x81, 0x43, 0x1f, 0xbc, 0x0a, 0, 0];
    const code = SubprogramCode.decode(virtualAddress(0x1000), Uint8Array.from(bytes));
    const verdict = code.verdictAt(virtualAddress(0x1000));
    assert.ok(verdict.kind === 'refused' && verdict.reason.code === 'forbidden');
    assert.equal(verdict.reason.instruction, 'lock addl $0xabc,0x1f(%rbx)');
  });

  it('is nothing that the tables of iced call privileged or input and output', () => {
    const names = everyEncoding().map(({ code }) => /# (\w+)/.exec(code)![1] as keyof typeof Code);
    assert.ok(names.length > 1000);
    const wrong = names.filter((name) => {
      const info = CodeExt.opCode(Code[name]);
      return info.isPrivileged || info.isInputOutput;
    });
    assert.deepEqual(wrong, []);
  });
});
