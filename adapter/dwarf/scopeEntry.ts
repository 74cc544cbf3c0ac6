/** What the debugging information entry of a scope says about it, for the rules on breakpoints. */
import { AT } from './constants';
import { owner } from './origin';
import type { Scope } from './scope';
import type { ScopeNode } from './scopeNode';

/**
 * Where a function's name is in its definition: DW_AT_decl_file, a file number of its unit's line table, and
 * DW_AT_decl_line. Undefined for a block, and where another unit has the definition, whose file numbers are its own.
 */
export function declaration(scope: Scope): { file: number; line: number } | undefined {
  if (scope.kind === 'block' || !hasEntry(scope)) return undefined;
  const named = owner(scope.die, AT.declarationLine);
  const line = named?.number(AT.declarationLine);
  const file = owner(scope.die, AT.declarationFile)?.number(AT.declarationFile);
  return line === undefined || file === undefined || named?.unit !== scope.die.unit
    ? undefined
    : { file, line };
}

/** The scope itself, or the one around it if it is a block without variables, which is no block to gdb. */
export function blockWithVariables(scope: Scope): Scope {
  let block = scope;
  while (block.kind === 'block' && block.parent && hasEntry(block) && block.variables.length === 0)
    block = block.parent;
  return block;
}

const hasEntry = (scope: Scope): scope is ScopeNode => 'die' in scope;
