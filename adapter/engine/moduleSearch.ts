import { DecodeError } from '../elf/decodeError';
import type { Module } from '../symbols/module';
import { SymbolError } from '../symbols/symbolError';
import type { UndescribedModule, UnsearchedModule } from './planError';

export interface ModuleSearch<T> {
  readonly found: readonly T[];
  /** Those whose files are damaged or may not be read, and those without debug information. */
  readonly unsearched: readonly UnsearchedModule[];
}

export const undescribed = ({ path, debugAttempts }: Module): UndescribedModule => ({ path, debugAttempts });

/**
 * Looks into each module, one by one: what is wrong with a module's file costs that module alone.
 * @param modules the program first.
 * @param look undefined where the module has no debug information. Throws what it likes.
 */
export function searchModules<T>(
  modules: readonly Module[],
  look: (module: Module) => T | undefined,
): ModuleSearch<T> {
  const found: T[] = [];
  const unsearched: UnsearchedModule[] = [];
  for (const [i, module] of modules.entries()) {
    const isProgram = i === 0;
    try {
      const result = look(module);
      if (result === undefined) unsearched.push({ ...undescribed(module), isProgram, error: undefined });
      else found.push(result);
    } catch (error) {
      if (!(error instanceof SymbolError || error instanceof DecodeError)) throw error;
      unsearched.push({ path: module.path, debugAttempts: [], isProgram, error });
    }
  }
  return { found, unsearched };
}
