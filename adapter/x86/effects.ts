import type { OpAccess, Register as IcedRegister, UsedMemory, UsedRegister } from 'iced-x86';
import { iced, type Instruction } from './iced';
import { REGISTERS, type Register } from './register';

/** What one instruction changes, as far as a probe could see it. */
export interface Effects {
  /** Does it write memory, always or on a condition? */
  readonly writesMemory: boolean;
  /** Registers it writes, in part or on a condition too; `flags` for any flag; never `ip`. */
  readonly registers: ReadonlySet<Register>;
}

export function effectsOf(instruction: Instruction): Effects {
  const { InstructionInfoFactory } = iced();
  const factory = new InstructionInfoFactory();
  const info = factory.info(instruction);
  try {
    const registers = new Set<Register>();
    for (const used of info.usedRegisters() as UsedRegister[]) {
      const register = isWrite(used.access) ? generalRegister(used.register) : undefined;
      if (register) registers.add(register);
      used.free();
    }
    if (instruction.rflagsModified) registers.add('flags');
    let writesMemory = false;
    for (const used of info.usedMemory() as UsedMemory[]) {
      writesMemory ||= isWrite(used.access);
      used.free();
    }
    return { writesMemory, registers };
  } finally {
    info.free();
    factory.free();
  }
}

function isWrite(access: OpAccess): boolean {
  const { OpAccess } = iced();
  return (
    access === OpAccess.Write ||
    access === OpAccess.CondWrite ||
    access === OpAccess.ReadWrite ||
    access === OpAccess.ReadCondWrite
  );
}

let generalRegisters: ReadonlyMap<IcedRegister, Register> | undefined;

/** The general register that an iced register (%al, %eax, %r8w ...) is a part of. */
function generalRegister(register: IcedRegister): Register | undefined {
  const { Register, RegisterExt } = iced();
  generalRegisters ??= new Map(
    (Object.keys(REGISTERS) as Register[])
      .filter((name) => name !== 'flags')
      .map((name) => [
        Register[(/\d/.test(name) ? name : `r${name}`).toUpperCase() as keyof typeof Register],
        name,
      ]),
  );
  return generalRegisters.get(RegisterExt.fullRegister(register));
}
