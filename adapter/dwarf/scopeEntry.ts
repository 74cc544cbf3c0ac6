/** What the debugging information entry of a scope says about it, for the rules on breakpoints. */
import { AT } from './constants';
import { owner } from './origin';
import type { Scope } from './scope';
import type { ScopeNode } from './scopeNode';
import { tolerant } from './tolerance';
import type { Unit } from './unit';

/** Where a function's name is in its definition: DW_AT_decl_file and DW_AT_decl_line. */
export interface Declaration {
  /** A file number of `unit`. */
  readonly file: number;
  readonly line: number;
  readonly unit: Unit;
}

/** Of a function; undefined for a block, and where the debug information does not say. */
export function declaration(scope: Scope): Declaration | undefined {
  if (scope.kind === 'block' || !hasEntry(scope)) return undefined;
  const line = owner(scope.die, AT.declarationLine)?.number(AT.declarationLine);
  const place = owner(scope.die, AT.declarationFile);
  const file = place?.number(AT.declarationFile);
  return line === undefined || file === undefined ? undefined : { file, line, unit: place!.unit };
}

/** Does the unit that describes a function's machine code declare it, too? */
export const isDeclaredInOwnUnit = (scope: Scope, { unit }: Declaration): boolean =>
  hasEntry(scope) && scope.die.unit === unit;

/** The scope itself, or the one around it if it is a block without variables, which is no block to gdb. */
export function blockWithVariables(scope: Scope): Scope {
  let block = scope;
  while (block.kind === 'block' && block.parent && isEmpty(block)) block = block.parent;
  return block;
}

const isEmpty = (block: Scope): boolean => hasEntry(block) && tolerant(() => block.hasVariables) === false;

/** The function, inlined ones included, that a scope belongs to. */
export function functionAround(scope: Scope | undefined): Scope | undefined {
  let around = scope;
  while (around?.kind === 'block') around = around.parent;
  return around;
}

/** The outermost scope around one. */
export function subprogramOf(scope: Scope): Scope {
  let around = scope;
  while (around.parent) around = around.parent;
  return around;
}

const hasEntry = (scope: Scope): scope is ScopeNode => 'die' in scope;
