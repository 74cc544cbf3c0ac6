import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { assemble, AssemblyError } from '../../../adapter/bpf/assembler';
import { disassemble } from '../../../adapter/bpf/disassembler';
import {
  arithmetic,
  arithmeticImmediate,
  atomicAdd,
  call,
  exit,
  jump,
  jumpIf,
  jumpIfImmediate,
  label,
  load,
  loadConstant,
  loadMap,
  move,
  moveImmediate,
  negate,
  signedDivision,
  store,
  storeImmediate,
  type Instruction,
} from '../../../adapter/bpf/instruction';
import { ARITHMETIC, JUMP, type Arithmetic, type Condition } from '../../../adapter/bpf/opcode';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const assembled = (...lines: Parameters<typeof assemble>[0]): string => hex(assemble(lines, { counters: 5 }));

const OPERATIONS = (Object.keys(ARITHMETIC) as Arithmetic[]).filter((name) => name !== 'neg');
const CONDITIONS = (Object.keys(JUMP) as (keyof typeof JUMP)[]).filter(
  (name): name is Condition => !['always', 'call', 'exit'].includes(name),
);

/** Every constructor, with what LLVM's disassembler says to it. */
const TABLE: readonly (readonly [Instruction, string])[] = [
  [move(6, 1), 'r6 = r1'],
  [moveImmediate(0, -2), 'r0 = -2'],
  [negate(3), 'r3 = -r3'],
  [arithmeticImmediate('add', 2, -16), 'r2 += -16'],
  [arithmetic('sar', 1, 9), 'r1 s>>= r9'],
  [loadConstant(4, 0x7fff_ffffn), 'r4 = 2147483647'],
  [loadConstant(4, -0x8000_0000n), 'r4 = -2147483648'],
  [loadConstant(4, 0x8000_0000n), 'r4 = 2147483648 ll'],
  [loadConstant(4, 0xffff_ffff_ffff_fff0n), 'r4 = -16'],
  [loadConstant(4, 0x8123_4567_89ab_cdefn), 'r4 = -9141386507638288913 ll'],
  [load(1, 0, 10, -8), 'r0 = *(u8 *)(r10 - 8)'],
  [load(2, 1, 6, 2), 'r1 = *(u16 *)(r6 + 2)'],
  [load(4, 2, 7, 4), 'r2 = *(u32 *)(r7 + 4)'],
  [load(8, 3, 6, 112), 'r3 = *(u64 *)(r6 + 112)'],
  [store(1, 10, -512, 0), '*(u8 *)(r10 - 512) = r0'],
  [store(8, 7, 24, 8), '*(u64 *)(r7 + 24) = r8'],
  [atomicAdd(9, 16, 1), 'lock *(u64 *)(r9 + 16) += r1'],
  [call('copy_from_user'), 'call 148'],
  [exit(), 'exit'],
];

const LLVM_MC = 'llvm-mc';
function llvm(code: Uint8Array): string[] {
  const input = [...code].map((byte) => `0x${byte.toString(16)}`).join(' ');
  const text = execFileSync(LLVM_MC, ['--disassemble', '--triple=bpfel'], { input, encoding: 'utf8' });
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '.text');
}

describe('instructions', () => {
  it('are what LLVM takes them for', () => {
    for (const [instruction, text] of TABLE) {
      const [line] = llvm(assemble([instruction], {}));
      assert.equal(line, text);
    }
  });

  const SYMBOLS: Record<string, string> = {
    add: '+=', sub: '-=', mul: '*=', udiv: '/=', umod: '%=', or: '|=', and: '&=', xor: '^=', shl: '<<=', shr: '>>=', sar: 's>>=', mov: '=',
    eq: '==', ne: '!=', ugt: '>', uge: '>=', ult: '<', ule: '<=', sgt: 's>', sge: 's>=', slt: 's<', sle: 's<=', set: '&',
  }; // prettier-ignore
  // LLVM 14 knows neither `%` nor `&` under these names, and no signed division.
  for (const operation of OPERATIONS.filter((name) => name !== 'umod'))
    it(`${operation} is ${SYMBOLS[operation]!} to LLVM`, () => {
      assert.deepEqual(llvm(assemble([arithmetic(operation, 5, 4)], {})), [`r5 ${SYMBOLS[operation]!} r4`]);
    });
  for (const condition of CONDITIONS.filter((name) => name !== 'set'))
    it(`a jump on ${condition} is ${SYMBOLS[condition]!} to LLVM`, () => {
      const code = assemble(
        [jumpIfImmediate(condition, 3, -1, 'end'), jumpIf(condition, 3, 2, 'end'), label('end'), exit()],
        {},
      );
      assert.deepEqual(llvm(code), [
        `if r3 ${SYMBOLS[condition]!} -1 goto +1`,
        `if r3 ${SYMBOLS[condition]!} r2 goto +0`,
        'exit',
      ]);
    });

  it('that LLVM 14 does not know are as the instruction set document has them', () => {
    assert.equal(assembled(arithmetic('umod', 0, 1)), '9f10000000000000');
    // Offset 1 makes division and modulus signed.
    assert.equal(assembled(signedDivision('udiv', 0, 1)), '3f10010000000000');
    assert.equal(assembled(signedDivision('umod', 0, 1)), '9f10010000000000');
    assert.equal(assembled(storeImmediate(8, 7, 32, -1)), '7a072000ffffffff');
    assert.equal(assembled(storeImmediate(4, 10, -4, 7)), '620afcff07000000');
  });
});

describe('the assembler', () => {
  it('counts jumps from the next instruction, a wide one as two', () => {
    const code = assemble([jump('end'), loadMap(1, 'counters'), exit(), label('end'), exit()], {
      counters: 5,
    });
    assert.equal(hex(code).slice(0, 16), '0500030000000000');
    assert.equal(hex(code).slice(16, 48), '18110000050000000000000000000000');
  });

  for (const [what, lines] of [
    ['a jump to nowhere', [jump('nowhere')]],
    ['a jump backwards', [label('start'), jump('start')]],
    ['a label twice', [label('a'), label('a')]],
    ['a map that is not given', [loadMap(1, 'ring')]],
    [
      'a jump over more than 32767 instructions',
      [jump('end'), ...Array.from({ length: 32_768 }, exit), label('end')],
    ],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(() => assemble(lines, {}), AssemblyError);
    });
});

describe('the disassembler', () => {
  it('numbers lines as the verifier does, a wide one as two', () => {
    const code = assemble(
      [loadMap(1, 'counters'), jumpIf('slt', 1, 2, 'end'), exit(), label('end'), exit()],
      { counters: 5 },
    );
    assert.deepEqual(disassemble(code), [
      { index: 0, text: 'r1 = map 5' },
      { index: 2, text: 'if r1 s< r2 goto 4' },
      { index: 3, text: 'exit' },
      { index: 4, text: 'exit' },
    ]);
  });

  it('shows signed division, constants of 64 bits, and what it does not know', () => {
    const code = assemble(
      [signedDivision('umod', 0, 1), loadConstant(2, 0x8123_4567_89ab_cdefn), storeImmediate(8, 10, -8, 0)],
      {},
    );
    const texts = disassemble(Buffer.concat([code, Buffer.from('ff00000000000000', 'hex')])).map(
      ({ text }) => text,
    );
    assert.deepEqual(texts, ['r0 s%= r1', 'r2 = 0x8123456789abcdef', 'u64[r10 - 8] = 0', 'unknown 0xff']);
  });
});
