/** gdb as the oracle: what the variables of a running program hold. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A value in the normal form of gdb_values.py. */
export type GdbTree =
  | { readonly kind: 'integer'; readonly value: string }
  | { readonly kind: 'float'; readonly value: string; readonly size: number }
  /** `bytes`: up to the NUL, in hex, of what it points to; null where that cannot be read. Only of pointers to characters. */
  | { readonly kind: 'pointer'; readonly value: string; readonly bytes?: string | null }
  | { readonly kind: 'enum'; readonly value: string; readonly name: string; readonly size: number }
  | { readonly kind: 'characters'; readonly bytes: string }
  | { readonly kind: 'struct'; readonly members: Readonly<Record<string, GdbTree>> }
  | { readonly kind: 'array'; readonly elements: readonly GdbTree[] }
  | { readonly kind: 'nowhere' | 'synthetic' | 'unsupported' }
  | { readonly kind: 'error'; readonly message: string };

/** A run that goes the same way each time. */
export interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Takes what it prints, the same file each time: programs ask what they print to, which leaves traces in memory. */
  readonly output: string;
}

export interface GdbStops {
  readonly sampled: readonly string[];
  /** By address: the variables of the innermost function, at the first stop there. */
  readonly stops: Readonly<Record<string, Readonly<Record<string, GdbTree>>>>;
}

/**
 * @param where addresses, or how many to choose among the is_stmt ones of a file (of all for '')
 * @param pages that are mapped first, so that libraries and what else is mapped are lower by so many
 */
export function gdbStops(
  { program, args, directory, environment, output: printed }: Run,
  where: readonly string[] | { readonly file: string; readonly sample: number },
  pages = 0,
): GdbStops {
  const place = mkdtempSync(join(tmpdir(), 'sourcetap-gdb-'));
  const [input, output] = [join(place, 'request.json'), join(place, 'answer.json')];
  const sampled = 'sample' in where ? { addresses: [], ...where } : { addresses: where, file: '', sample: 0 };
  const request = {
    ...sampled,
    arguments: args.map((arg) => `'${arg}'`).join(' '),
    environment: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    directory,
    pages,
    output: printed,
  };
  try {
    writeFileSync(input, JSON.stringify(request));
    execFileSync('gdb', ['-nx', '-batch', '-x', join(__dirname, 'gdb_values.py'), program], {
      env: { ...process.env, IN: input, OUT: output },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    });
    return JSON.parse(readFileSync(output, 'utf8')) as GdbStops;
  } finally {
    rmSync(place, { recursive: true });
  }
}
