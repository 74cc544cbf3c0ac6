import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { virtualAddress, type VirtualAddress } from '../../../adapter/elf/address';
import type { Register } from '../../../adapter/x86/register';
import { SubprogramCode } from '../../../adapter/x86/subprogramCode';
import { lua } from '../../corpus/corpus';
import { assemble } from '../../fixtures/x86/assemble';
import { ProgramCode } from '../../fixtures/x86/programCode';

const reads = (...registers: Register[]): { registers: ReadonlySet<Register> } => ({
  registers: new Set(registers),
});

/** Where a probe for the label `at` goes: the label there, `refused`, or an address. */
function placed(text: string, ...registers: Register[]): string {
  const code = assemble(text);
  const placement = SubprogramCode.decode(code.start, code.bytes).place(code.at('at'), reads(...registers));
  if (placement.kind === 'refused') return 'refused';
  if (placement.kind === 'here') return 'here';
  return placement.address === code.at('to') ? 'moved to `to`' : `moved to ${placement.address.toString(16)}`;
}

describe('instruction boundaries', () => {
  it('are those of objdump in every function of lua', () => {
    const program = new ProgramCode(lua());
    const expected = boundariesByObjdump(program.path);
    const functions = program.functions();
    assert.ok(functions.length > 500);
    for (const { name, start, bytes } of functions) {
      const decoded = [...SubprogramCode.decode(start, bytes).instructions()].map(({ address }) => address);
      const listed = expected.filter((address) => address >= start && address < start + bytes.length);
      assert.deepEqual(decoded, listed, name);
    }
  });

  it('are nowhere else', () => {
    const { start, bytes } = assemble('push %rbp; mov $0x12345678, %eax; ret');
    const code = SubprogramCode.decode(start, bytes);
    const boundaries = Array.from({ length: bytes.length + 2 }, (_, i) => i - 1).filter((offset) =>
      code.isBoundary(virtualAddress(start + offset)),
    );
    assert.deepEqual(boundaries, [0, 1, 6]);
    assert.deepEqual(code.verdictAt(virtualAddress(start + 2)), {
      kind: 'refused',
      reason: { code: 'notABoundary' },
    });
    assert.deepEqual(
      code.place(virtualAddress(start + 2), reads()),
      code.verdictAt(virtualAddress(start + 2)),
    );
  });

  it('end where the bytes are no instruction', () => {
    const { start, bytes, at } = assemble('nop; bad: .byte 0x06; behind: nop; ret');
    const code = SubprogramCode.decode(start, bytes);
    assert.equal(code.verdictAt(start).kind, 'here');
    for (const label of ['bad', 'behind'])
      assert.deepEqual(code.verdictAt(at(label)), {
        kind: 'refused',
        reason: { code: 'undecodable', at: at('bad') },
      });
  });

  it('end where an instruction is cut off by the end of the range', () => {
    const { start, bytes, at } = assemble('nop; cut: mov $1, %eax');
    const code = SubprogramCode.decode(start, bytes.subarray(0, 4));
    assert.deepEqual(code.verdictAt(at('cut')), {
      kind: 'refused',
      reason: { code: 'undecodable', at: at('cut') },
    });
  });

  it('end at a branch that Intel and AMD read differently', () => {
    const { start, bytes } = assemble('nop; .byte 0x66, 0xe8, 0, 0, 0, 0; ret');
    const at = virtualAddress(start + 1);
    const code = SubprogramCode.decode(start, bytes);
    assert.deepEqual(code.verdictAt(at), { kind: 'refused', reason: { code: 'undecodable', at } });
  });

  it('are all in doubt when a jump leads into the middle of an instruction', () => {
    const { start, bytes, at } = assemble('je inside; .byte 0xb8; inside: nop; nop; nop; nop; ret');
    const code = SubprogramCode.decode(start, bytes);
    const reason = { code: 'undecodable', at: at('inside') };
    assert.deepEqual(code.verdictAt(start), { kind: 'refused', reason });
  });

  it('stand when a jump only skips a lock prefix', () => {
    const { start, bytes, at } = assemble('je 1f; lock; 1: cmpxchg %rdx, (%rbx); at: ret');
    assert.equal(SubprogramCode.decode(start, bytes).verdictAt(at('at')).kind, 'here');
  });

  it('are decoded at kernel addresses and below zero', () => {
    const { bytes } = assemble('call . + 0x10; mov 0x10(%rip), %rax; ret');
    for (const start of [virtualAddress(-0x7000_0000), virtualAddress(0x7fff_ffff_0000)])
      assert.deepEqual(
        [...SubprogramCode.decode(start, bytes).instructions()].map(({ address, length }) => [
          address - start,
          length,
        ]),
        [
          [0, 5],
          [5, 7],
          [12, 1],
        ],
      );
  });
});

function boundariesByObjdump(path: string): VirtualAddress[] {
  const listing = execFileSync('objdump', ['-d', '-w', '--no-show-raw-insn', path], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return [...listing.matchAll(/^\s*([0-9a-f]+):\t/gm)].map(([, address]) =>
    virtualAddress(parseInt(address!, 16)),
  );
}

/** As `placed`, of a probe that only counts. */
function counted(text: string): string {
  const code = assemble(text);
  const placement = SubprogramCode.decode(code.start, code.bytes).placeCount(code.at('at'));
  if (placement.kind !== 'moved') return placement.kind;
  return placement.address === code.at('to') ? 'moved to `to`' : `moved to ${placement.address.toString(16)}`;
}

describe('where a probe goes that only counts', () => {
  it('here, where the kernel emulates the instruction', () => {
    for (const text of ['push %rbp', 'push %r12', 'nop', 'call 1f', 'jmp 1f', 'je 1f', '.byte 0x66, 0x90'])
      assert.equal(counted(`mov %eax, %ecx; at: ${text}; add $1, %eax; push %rax; 1: ret`), 'here', text);
  });

  it('to the next one that the kernel emulates, what lies between may write memory', () => {
    assert.equal(counted('at: mov %eax, (%rdi); add $1, %eax; to: jne 1f; nop; 1: ret'), 'moved to `to`');
    assert.equal(counted('at: lock addl $1, (%rdi); vzeroupper; to: push %rax; ret'), 'moved to `to`');
    assert.equal(counted('at: endbr64; to: push %rbp; mov %rsp, %rbp; ret'), 'moved to `to`');
  });

  it('to one before it', () => {
    assert.equal(counted('to: push %rbp; mov %rsp, %rbp; at: lea 1(%rdi), %eax; ret'), 'moved to `to`');
  });

  it('rather where nothing between may fault', () => {
    assert.equal(
      counted('to: push %rbp; mov %rsp, %rbp; at: mov (%rdi), %eax; test %eax, %eax; je 1f; 1: ret'),
      'moved to `to`',
    );
    assert.equal(
      counted('push %rbp; mov (%rdi), %eax; at: test %eax, %eax; to: je 1f; 1: ret'),
      'moved to `to`',
    );
  });

  it('not past where control may come in', () => {
    assert.equal(counted('je 1f; at: mov %eax, %ecx; 1: jmp 2f; 2: ret'), 'here');
    assert.equal(
      counted('push %rbp; 1: mov %eax, %ecx; at: add $1, %eax; cmp $9, %eax; to: jne 1b'),
      'moved to `to`',
    );
    assert.equal(counted('push %rbp; 1: mov %eax, %ecx; at: lea 1(%rax), %eax; ret; jmp 1b'), 'here');
    assert.equal(counted('push %rax; endbr64; at: mov %eax, %ecx; ret'), 'here');
  });

  it('not past what may not come back', () => {
    for (const text of ['call *%rax', 'syscall', 'int3', 'ud2', 'pushfq', 'xbegin 1f; 1:', 'in %dx, %al'])
      assert.equal(counted(`at: mov %eax, %ecx; ${text}; push %rax; ret`), 'here', text);
    assert.equal(counted('push %rax; syscall; at: mov %eax, %ecx; ret'), 'here');
  });

  it('nowhere else where a jump is not understood', () => {
    assert.equal(counted('at: mov %eax, %ecx; push %rax; jmp *%rdx'), 'here');
  });

  it('somewhere in its block where its own instruction takes none', () => {
    assert.equal(counted('at: vpaddd %ymm0, %ymm1, %ymm2; to: lea 1(%rax), %eax; ret'), 'moved to `to`');
    assert.equal(counted('to: lea 1(%rax), %eax; at: pushfq; ret'), 'moved to `to`');
  });
});

describe('where a probe goes', () => {
  it('here, where the instruction is allowed', () => {
    assert.equal(placed('nop; at: add %rax, %rcx; ret', 'cx'), 'here');
  });

  it('over instructions that write vector registers only', () => {
    assert.equal(
      placed('at: vpaddd %ymm0, %ymm1, %ymm2; vmovdqu (%rsi), %ymm3; to: add $1, %eax; ret', 'ax', 'si'),
      'moved to `to`',
    );
  });

  it('not over a write to memory', () => {
    assert.equal(placed('at: vmovdqu %ymm3, (%rdi); add $1, %eax; ret'), 'refused');
    assert.equal(placed('at: lock addl $1, (%rdi); add $1, %eax; ret'), 'refused');
    assert.equal(placed('at: pushfq; add $1, %eax; ret'), 'refused');
  });

  it('over a write to a register only if no capture reads it', () => {
    const text = 'at: vmovd %xmm0, %eax; to: mov %eax, (%rdi); ret';
    assert.equal(placed(text, 'cx', 'di'), 'moved to `to`');
    assert.equal(placed(text, 'ax'), 'refused');
  });

  it('minds writes to parts of a register, and implicit ones', () => {
    assert.equal(placed('at: .byte 0x26; movb $1, %ah; to: ret', 'ax'), 'refused');
    assert.equal(placed('at: .byte 0x26; mulq %rcx; to: ret', 'dx'), 'refused');
    assert.equal(placed('at: .byte 0x26; pop %rcx; to: ret', 'sp'), 'refused');
    assert.equal(placed('at: .byte 0x26; mulq %rcx; to: ret', 'cx'), 'moved to `to`');
    assert.equal(placed('at: repe cmpsb; to: ret', 'si'), 'refused');
    assert.equal(placed('at: .byte 0x26; cmovb %rcx, %rax; to: ret', 'ax'), 'refused');
  });

  it('over a write to the flags only if no capture reads them', () => {
    const text = 'at: vptest %ymm0, %ymm1; to: je 1f; nop; 1: ret';
    assert.equal(placed(text, 'ax'), 'moved to `to`');
    assert.equal(placed(text, 'flags'), 'refused');
  });

  it('nowhere else when a capture reads the instruction pointer', () => {
    assert.equal(placed('at: vzeroupper; to: ret', 'ip'), 'refused');
  });

  it('not across a jump target', () => {
    assert.equal(placed('at: vzeroupper; 1: add $1, %eax; jne 1b; ret'), 'refused');
    assert.equal(placed('at: vzeroupper; to: add $1, %eax; jne at; ret'), 'moved to `to`');
    assert.equal(placed('at: vzeroupper; endbr64; ret'), 'refused');
  });

  it('not across a branch, call, system call or trap', () => {
    for (const instruction of ['.byte 0x3e; je 1f', 'lcall *(%rax)', 'syscall', 'int3', 'ud2', 'int $0x80'])
      assert.equal(placed(`at: ${instruction}; to: nop; 1: ret`), 'refused', instruction);
  });

  it('not over what is unknown', () => {
    for (const instruction of ['hlt', 'in %dx, %al', 'xend', 'rdpkru'])
      assert.equal(placed(`at: ${instruction}; to: ret`), 'refused', instruction);
  });

  it('not in a function that jumps through a table or a register', () => {
    assert.equal(placed('at: vzeroupper; to: nop; jmp *%rax'), 'refused');
    assert.equal(placed('at: vzeroupper; to: nop; jmp *(,%rax,8)'), 'refused');
  });

  it('not where calls lead', () => {
    assert.equal(placed('call 1f; at: vzeroupper; 1: nop; ret'), 'refused');
  });

  it('not in a function that was not decoded to its end', () => {
    assert.equal(placed('at: vzeroupper; to: nop; ret; .byte 0x06'), 'refused');
  });

  it('not beyond the end of what was decoded', () => {
    assert.equal(placed('at: vzeroupper'), 'refused');
    assert.equal(placed('at: vzeroupper; .byte 0x06'), 'refused');
  });

  it('keeps the reason of the address that was asked for', () => {
    const { start, bytes } = assemble('vzeroupper; lock addl $1, (%rdi); ret');
    assert.deepEqual(SubprogramCode.decode(start, bytes).place(start, reads()), {
      kind: 'refused',
      reason: { code: 'forbidden', class: 'vector', instruction: 'vzeroupper' },
    });
  });
});

describe('the nop at a function entry', () => {
  const NOP5 = '.byte 0x0f, 0x1f, 0x44, 0, 0';

  it('carries a probe, also behind endbr64', () => {
    assert.equal(placed(`at: ${NOP5}; ret`), 'here');
    assert.equal(placed(`endbr64; at: ${NOP5}; ret`), 'here');
  });

  it('carries one in a function that calls itself', () => {
    assert.equal(placed(`at: ${NOP5}; call at; ret`), 'here');
  });

  it('does not when the function jumps back to it: its red zone may be in use', () => {
    assert.equal(placed(`at: ${NOP5}; to: dec %eax; jne at; ret`), 'moved to `to`');
    assert.equal(placed(`at: ${NOP5}; to: dec %eax; jne at; jmp to`), 'refused');
  });

  it('is not at the start of a part that is entered by jumps', () => {
    const { start, bytes } = assemble(`${NOP5}; ret`);
    const [part] = SubprogramCode.decodeRanges(virtualAddress(0x1000), [{ start, bytes }]);
    assert.equal(part!.verdictAt(start).kind, 'refused');
  });
});

describe('a function in several ranges', () => {
  const code = assemble(
    'hot: vzeroupper; back: add $1, %eax; jne cold; hotend: ret; cold: vzeroupper; to: nop; jmp back',
  );
  const cut = code.at('cold') - code.start;
  const hot = { start: code.start, bytes: code.bytes.subarray(0, cut) };
  const cold = { start: code.at('cold'), bytes: code.bytes.subarray(cut) };

  it('has jump targets from all of them', () => {
    const [alone] = SubprogramCode.decodeRanges(code.start, [hot]);
    assert.equal(
      alone!.place(code.at('hot'), reads()).kind,
      'moved',
      'nothing in the hot part leads to `back`',
    );
    const [together, other] = SubprogramCode.decodeRanges(code.start, [hot, cold]);
    assert.equal(together!.place(code.at('hot'), reads()).kind, 'refused');
    assert.deepEqual(other!.place(code.at('cold'), reads()), { kind: 'moved', address: code.at('to') });
  });

  it('is not moved in when any of them jumps through a table', () => {
    const { start, bytes } = assemble('jmp *%rax');
    const [first] = SubprogramCode.decodeRanges(code.start, [
      hot,
      { start: virtualAddress(start + 0x1000), bytes },
    ]);
    assert.equal(first!.place(code.at('hot'), reads()).kind, 'refused');
  });
});
