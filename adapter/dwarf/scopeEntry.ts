/** What the debugging information entry of a scope says about it, for the rules on breakpoints. */
import { AT } from './constants';
import { owner } from './origin';
import type { Scope } from './scope';
import type { ScopeNode } from './scopeNode';

/** DW_AT_decl_line of a function: the line of its name where it is defined; undefined for a block. */
export function declarationLine(scope: Scope): number | undefined {
  return scope.kind !== 'block' && hasEntry(scope)
    ? owner(scope.die, AT.declarationLine)?.number(AT.declarationLine)
    : undefined;
}

/** The scope itself, or the one around it if it is a block without variables, which is no block to gdb. */
export function blockWithVariables(scope: Scope): Scope {
  let block = scope;
  while (block.kind === 'block' && block.parent && hasEntry(block) && block.variables.length === 0)
    block = block.parent;
  return block;
}

const hasEntry = (scope: Scope): scope is ScopeNode => 'die' in scope;
