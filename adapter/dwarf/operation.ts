import type { Cursor } from '../elf/cursor';
import { OPCODES, type Operand, type OperandValue, type OperationUnit } from './opcode';
import type { Encoding } from './form';
import type { Operation } from './location';
import { readUnbased } from './frameEncoding';

/**
 * Decodes an expression (DWARF 5, 2.5) up to the cursor's end. What follows an opcode that has no known length is
 * left out, after its name.
 * @throws DecodeError `truncated`, `badEncoding`, `outOfRange`, `tooLarge`
 */
export function decodeOperations(cursor: Cursor, unit: OperationUnit): Operation[] {
  const operations: Operation[] = [];
  /** Place of each operation -> its index. */
  const indices = new Map<number, number>();
  while (cursor.remaining > 0) {
    if (operations.length === MAX_OPERATIONS) throw cursor.error('tooLarge', 'expression');
    indices.set(cursor.offset, operations.length);
    const code = cursor.u8();
    const opcode = OPCODES.get(code);
    if (opcode === undefined) {
      operations.push({ op: 'unsupported', name: `DW_OP_0x${code.toString(16)}` });
      return resolved(operations, indices);
    }
    const operands = opcode.operands.map((operand) => readOperand(cursor, operand, unit.encoding));
    operations.push(opcode.build?.(operands, unit) ?? { op: 'unsupported', name: opcode.name });
  }
  indices.set(cursor.offset, operations.length);
  return resolved(operations, indices);
}

/** Branches that lead to no operation are refused by name. */
const resolved = (operations: readonly Operation[], indices: ReadonlyMap<number, number>): Operation[] =>
  operations.map((operation) => {
    if (operation.op !== 'branch') return operation;
    const target = indices.get(operation.target);
    return target === undefined
      ? { op: 'unsupported', name: operation.conditional ? 'DW_OP_bra' : 'DW_OP_skip' }
      : { ...operation, target };
  });

function readOperand(cursor: Cursor, operand: Operand, encoding: Encoding): OperandValue {
  switch (operand) {
    case 'u1':
      return BigInt(cursor.u8());
    case 's1':
      return BigInt(cursor.i8());
    case 'u2':
      return BigInt(cursor.u16());
    case 's2':
      return BigInt(cursor.i16());
    case 'u4':
      return BigInt(cursor.u32());
    case 's4':
      return BigInt(cursor.i32());
    case 'u8':
      return cursor.u64();
    case 's8':
      return cursor.i64();
    case 'uleb':
      return cursor.ulebBig();
    case 'sleb':
      return cursor.slebBig();
    case 'index':
      return cursor.uleb();
    case 'offset':
      return cursor.sleb();
    case 'address':
      return cursor.address(encoding.addressSize);
    case 'reference':
      return encoding.version === 2
        ? cursor.address(encoding.addressSize)
        : cursor.sectionOffset(encoding.offsetSize);
    case 'block':
      return cursor.take(cursor.uleb());
    case 'block1':
      return cursor.take(cursor.u8());
    case 'target': {
      const distance = cursor.i16();
      return cursor.offset + distance;
    }
    case 'encoded': {
      const form = cursor.u8();
      const value = readUnbased(cursor, form);
      return form <= ABSOLUTE ? value : undefined;
    }
  }
}

/** More than any compiler writes; the capture engine refuses far shorter ones. */
const MAX_OPERATIONS = 4096;
/** The last DW_EH_PE_ encoding that is relative to nothing (LSB 5.0, Core, 10.5). */
const ABSOLUTE = 0x0f;
