import type { VirtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import { DecodeError } from '../elf/decodeError';
import type { CfaRule } from './location';
import type { OperationUnit } from './opcode';
import { decodeOperations } from './operation';

/** The fields of a CIE that govern the programs of its FDEs (DWARF 5, 6.4.1). */
export interface CfaFactors {
  readonly codeAlignment: number;
  readonly dataAlignment: number;
}

/** What an instruction does to the CFA's rule or to the address that rows are for. */
type Effect =
  | 'setLocation'
  | 'advance'
  | 'remember'
  | 'restore'
  | 'define'
  | 'defineFactored'
  | 'register'
  | 'offset'
  | 'offsetFactored'
  | 'expression';

type Operand = 'u1' | 'u2' | 'u4' | 'u8' | 'uleb' | 'sleb' | 'block' | 'address';

/** DW_CFA_* with the whole opcode in its low six bits (DWARF 5, 7.24): operands, and what they do to the CFA's rule. */
const INSTRUCTIONS: Readonly<Partial<Record<number, readonly [name: string, operands: readonly Operand[], effect?: Effect]>>> = {
  0x00: ['nop', []],
  0x01: ['set_loc', ['address'], 'setLocation'],
  0x02: ['advance_loc1', ['u1'], 'advance'],
  0x03: ['advance_loc2', ['u2'], 'advance'],
  0x04: ['advance_loc4', ['u4'], 'advance'],
  0x05: ['offset_extended', ['uleb', 'uleb']],
  0x06: ['restore_extended', ['uleb']],
  0x07: ['undefined', ['uleb']],
  0x08: ['same_value', ['uleb']],
  0x09: ['register', ['uleb', 'uleb']],
  0x0a: ['remember_state', [], 'remember'],
  0x0b: ['restore_state', [], 'restore'],
  0x0c: ['def_cfa', ['uleb', 'uleb'], 'define'],
  0x0d: ['def_cfa_register', ['uleb'], 'register'],
  0x0e: ['def_cfa_offset', ['uleb'], 'offset'],
  0x0f: ['def_cfa_expression', ['block'], 'expression'],
  0x10: ['expression', ['uleb', 'block']],
  0x11: ['offset_extended_sf', ['uleb', 'sleb']],
  0x12: ['def_cfa_sf', ['uleb', 'sleb'], 'defineFactored'],
  0x13: ['def_cfa_offset_sf', ['sleb'], 'offsetFactored'],
  0x14: ['val_offset', ['uleb', 'uleb']],
  0x15: ['val_offset_sf', ['uleb', 'sleb']],
  0x16: ['val_expression', ['uleb', 'block']],
  0x1d: ['MIPS_advance_loc8', ['u8'], 'advance'],
  0x2d: ['GNU_window_save', []],
  0x2e: ['GNU_args_size', ['uleb']],
  0x2f: ['GNU_negative_offset_extended', ['uleb', 'uleb']],
}; // prettier-ignore

/**
 * Runs the programs of a CIE and an FDE up to an address (DWARF 5, 6.4.3) and gives the rule for the CFA there;
 * undefined where none was given. The rules for registers are passed over.
 *
 *     opcode:  7 6 | 5 4 3 2 1 0
 *              0 1 | delta           advance_loc
 *              1 0 | register        offset, and a ULEB128
 *              1 1 | register        restore
 *              0 0 | opcode          of the table above
 *
 * @throws DecodeError `truncated`, `badEncoding`, `tooDeep`
 */
export class CfaProgram {
  private rule: CfaRule | undefined;
  private location: number;
  private readonly remembered: (CfaRule | undefined)[] = [];

  constructor(
    private readonly section: string,
    private readonly factors: CfaFactors,
    start: VirtualAddress,
    private readonly address: VirtualAddress,
    /** Reads the address operand of DW_CFA_set_loc. */
    private readonly readAddress: (cursor: Cursor) => number,
  ) {
    this.location = start;
  }

  get cfa(): CfaRule | undefined {
    return this.rule;
  }

  /** Runs to the cursor's end, or to the first row past the address. */
  run(cursor: Cursor): void {
    while (cursor.remaining > 0 && this.location <= this.address) this.step(cursor);
  }

  private step(cursor: Cursor): void {
    const opcode = cursor.u8();
    const low = opcode & 0x3f;
    switch (opcode >> 6) {
      case 1:
        this.location += low * this.factors.codeAlignment;
        return;
      case 2:
        cursor.uleb();
        return;
      case 3:
        return;
      default:
    }
    const instruction = INSTRUCTIONS[low];
    if (instruction === undefined) throw cursor.error('badEncoding', `DW_CFA_0x${low.toString(16)}`);
    const [, operands, effect] = instruction;
    const values = operands.map((operand) => this.readOperand(cursor, operand));
    if (effect !== undefined) this.apply(effect, values, cursor);
  }

  private apply(effect: Effect, values: readonly (number | Cursor)[], cursor: Cursor): void {
    const [first, second] = values as readonly [number, number];
    const { dataAlignment, codeAlignment } = this.factors;
    switch (effect) {
      case 'setLocation':
        this.location = first;
        return;
      case 'advance':
        this.location += first * codeAlignment;
        return;
      case 'remember':
        if (this.remembered.length === MAX_REMEMBERED) throw cursor.error('tooDeep', 'DW_CFA_remember_state');
        this.remembered.push(this.rule);
        return;
      case 'restore':
        if (this.remembered.length === 0) throw cursor.error('badEncoding', 'DW_CFA_restore_state');
        this.rule = this.remembered.pop();
        return;
      case 'define':
        this.rule = { kind: 'registerOffset', register: first, offset: second };
        return;
      case 'defineFactored':
        this.rule = { kind: 'registerOffset', register: first, offset: second * dataAlignment };
        return;
      case 'register':
        this.rule = { ...this.registerRule(cursor), register: first };
        return;
      case 'offset':
        this.rule = { ...this.registerRule(cursor), offset: first };
        return;
      case 'offsetFactored':
        this.rule = { ...this.registerRule(cursor), offset: first * dataAlignment };
        return;
      case 'expression':
        this.rule = { kind: 'expression', operations: decodeOperations(values[0] as Cursor, UNIT) };
    }
  }

  /** The instructions that change half of a rule need one of that kind (DWARF 5, 6.4.2.2). */
  private registerRule(cursor: Cursor): CfaRule & { kind: 'registerOffset' } {
    if (this.rule?.kind !== 'registerOffset') throw cursor.error('badEncoding', 'no register rule to change');
    return this.rule;
  }

  private readOperand(cursor: Cursor, operand: Operand): number | Cursor {
    switch (operand) {
      case 'u1':
        return cursor.u8();
      case 'u2':
        return cursor.u16();
      case 'u4':
        return cursor.u32();
      case 'u8':
        return cursor.u64AsNumber();
      case 'uleb':
        return cursor.uleb();
      case 'sleb':
        return cursor.sleb();
      case 'address':
        return this.readAddress(cursor);
      case 'block': {
        const length = cursor.uleb();
        const { offset } = cursor;
        return new Cursor(cursor.take(length), this.section, offset);
      }
    }
  }
}

/** Frame descriptions stand outside all units, so nothing of one may be referred to (DWARF 5, 6.4.2). */
const UNIT: OperationUnit = {
  encoding: { version: 5, addressSize: 8, offsetSize: 4 },
  indexedAddress: () => refused('DW_OP_addrx'),
  valueType: () => refused('a type'),
  referent: () => refused('an entry'),
};
function refused(detail: string): never {
  throw new DecodeError('badEncoding', '.debug_frame', 0, detail);
}
const MAX_REMEMBERED = 256;
