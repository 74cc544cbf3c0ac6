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

const hasEntry = (scope: Scope): scope is ScopeNode => 'die' in scope;
