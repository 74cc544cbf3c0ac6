/** gdb as the oracle: variables in scope, their types, and the layout of structs. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripped, type Type } from '../../adapter/dwarf/type';

export interface GdbRequest {
  /** Addresses to ask about; null for a seeded sample of is_stmt addresses. */
  readonly addresses: readonly string[] | null;
  /** Source file that the sample is from; empty for all. */
  readonly file: string;
  readonly sample: number;
  /** `struct x`, or the name of a typedef. */
  readonly types: readonly string[];
}

export interface GdbAnswer {
  readonly addresses: Readonly<Record<string, GdbScope>>;
  readonly types: Readonly<Record<string, GdbLayout>>;
  /** By an address of the unit: `name: type` of its file-scope variables. */
  readonly globals: Readonly<Record<string, readonly string[]>>;
}
export interface GdbScope {
  /** From the innermost to the subprogram's own. */
  readonly blocks: readonly {
    readonly name: string | null;
    readonly variables: readonly { readonly name: string; readonly kind: string; readonly type: string }[];
  }[];
  /** By name, for the innermost function's. */
  readonly places: Readonly<Record<string, 'somewhere' | 'nowhere' | 'constant'>>;
}
export interface GdbLayout {
  readonly size: number;
  readonly fields: readonly {
    readonly name: string | null;
    readonly bit: number;
    /** 0 where it is no bit field. */
    readonly bits: number;
    readonly type: string;
  }[];
}

export function askGdb(program: string, request: Partial<GdbRequest>): GdbAnswer {
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-gdb-'));
  const [input, output] = [join(directory, 'request.json'), join(directory, 'answer.json')];
  try {
    writeFileSync(input, JSON.stringify({ addresses: null, file: '', sample: 0, types: [], ...request }));
    execFileSync('gdb', ['-nx', '-batch', '-x', join(__dirname, 'gdb_vars.py'), program], {
      env: { ...process.env, IN: input, OUT: output },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return JSON.parse(readFileSync(output, 'utf8')) as GdbAnswer;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A type in the words of gdb_vars.py. */
export function signature(type: Type): string {
  switch (type.kind) {
    case 'base':
      return `base ${ordered(type.name)} ${type.byteSize}`;
    case 'pointer':
      return `${type.flavour === 'pointer' ? 'pointer' : 'reference'}(${signature(type.target)})`;
    case 'struct':
      return `struct ${type.name ?? ''} ${type.byteSize ?? 0}`;
    case 'array':
      return `array[${type.count ?? ''}](${signature(type.element)})`;
    case 'enum': {
      const values = type.enumerators
        .map(({ name, value }) => `${name.replace(/^.*::/, '')}=${value}`)
        .join(',');
      return `enum ${type.name ?? ''} ${type.byteSize} ${values}`;
    }
    case 'typedef':
      return `typedef ${type.name}(${signature(type.target)})`;
    case 'qualified':
      return signature(type.target);
    case 'function':
      return `function(${[type.result, ...type.parameters].map(signature).join(',')})`;
    case 'void':
    case 'unspecified':
      return 'void';
    case 'memberPointer':
      return `memberPointer(${signature(type.target)})`;
    case 'unsupported':
      return `unsupported ${type.tag}`;
  }
}

/** `long unsigned int` and `unsigned long` are one: gdb rewrites what the compiler wrote. */
function ordered(name: string): string {
  const words = name.split(' ');
  return words
    .filter((word) => word !== 'int' || words.length === 1)
    .sort()
    .join(' ');
}

/** A struct in the words of gdb_vars.py. */
export function layoutOf(type: Type): GdbLayout {
  const struct = stripped(type);
  if (struct.kind !== 'struct') throw new Error(`${struct.kind} has no layout`);
  return {
    size: struct.byteSize ?? 0,
    fields: struct.members.map(({ name, offset, bits, type: member }) => ({
      name: name ?? null,
      bit: 8 * (offset ?? 0) + (bits?.offset ?? 0),
      bits: bits?.size ?? 0,
      type: signature(member),
    })),
  };
}
