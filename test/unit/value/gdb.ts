/** A program stopped by gdb at a line: what gdb prints there, and the registers and memory to find the same in. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REGISTERS, type Register } from '../../../adapter/x86/register';
import { memory, type Target } from '../capture/interpreter';

export interface Stop extends Target {
  /** Link-time address of the stop. */
  readonly address: number;
  /** gdb's `print` and `whatis` of each expression; `<optimized out>` where gdb cannot. */
  readonly printed: ReadonlyMap<string, Printed>;
}

export interface Printed {
  readonly text: string;
  /** With the symbols of addresses. */
  readonly symbolic: string;
  readonly type: string;
  /** Of the class that a pointer, a reference or an object has by its virtual table. */
  readonly dynamic: string;
}

export function stopAt(program: string, location: string, expressions: readonly string[]): Stop {
  const directory = mkdtempSync(join(tmpdir(), 'gdb-'));
  try {
    const script = join(directory, 'stop.py');
    const result = join(directory, 'stop.json');
    writeFileSync(script, SCRIPT);
    const environment = { ...process.env, LOCATION: location, EXPRESSIONS: JSON.stringify(expressions), REGISTERS: JSON.stringify(Object.keys(NAMES)), RESULT: result }; // prettier-ignore
    execFileSync('gdb', ['-nx', '-batch', '-x', script, program], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return stopOf(JSON.parse(readFileSync(result, 'utf8')) as Dump);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Dump {
  bias: string;
  pc: string;
  registers: Record<string, string>;
  memory: { at: string; bytes: string }[];
  printed: Record<string, Printed>;
}

function stopOf(dump: Dump): Stop {
  const regions = dump.memory.map(({ at, bytes }) => ({
    at: BigInt(at),
    bytes: Buffer.from(bytes, 'base64'),
  }));
  const registers = Object.entries(dump.registers).map(
    ([name, value]) => [NAMES[name], BigInt(value)] as const,
  );
  return {
    address: Number(BigInt(dump.pc) - BigInt(dump.bias)),
    printed: new Map(Object.entries(dump.printed)),
    registers: Object.fromEntries(registers) as Target['registers'],
    loadBias: BigInt(dump.bias),
    read: memory(...regions),
  };
}

/** gdb's names of the general registers. */
const NAMES: Readonly<Record<string, Register>> = Object.fromEntries(
  (Object.keys(REGISTERS) as Register[])
    .filter((name) => name !== 'flags')
    .map((name) => [name.startsWith('r') ? name : `r${name}`, name]),
);

/** The first mapping is the first segment, which is at virtual address 0 in a position independent program. */
const SCRIPT = `
import base64, gdb, json, os
for setting in ('print elements 200', 'print null-stop on', 'print repeats 0', 'print sevenbit-strings off', 'confirm off', 'disable-randomization on'):
    gdb.execute('set ' + setting)
gdb.execute('break ' + os.environ['LOCATION'], to_string=True)
gdb.execute('run', to_string=True)
inferior = gdb.selected_inferior()
regions, bias = [], None
program = os.path.realpath(gdb.current_progspace().filename)
for line in open('/proc/%d/maps' % inferior.pid):
    fields = line.split()
    low, high = (int(part, 16) for part in fields[0].split('-'))
    name = fields[5] if len(fields) > 5 else ''
    if name == program and bias is None: bias = low
    if fields[1][0] == 'r' and name in (program, '[stack]', '[heap]'):
        regions.append({'at': str(low), 'bytes': base64.b64encode(inferior.read_memory(low, high - low).tobytes()).decode()})
def printed(expression):
    try:
        value = gdb.parse_and_eval(expression)
        return {'text': value.format_string(symbols=False), 'symbolic': value.format_string(), 'dynamic': str(value.dynamic_type), 'type': gdb.execute('whatis ' + expression, to_string=True)[7:].rstrip()}
    except gdb.error: return {"text": "<optimized out>", "symbolic": "<optimized out>", "type": "", "dynamic": ""}
frame = gdb.selected_frame()
json.dump({
    'bias': str(bias), 'pc': str(frame.pc()), 'memory': regions,
    'registers': {name: str(int(frame.read_register(name)) & (2**64 - 1)) for name in json.loads(os.environ['REGISTERS'])},
    'printed': {expression: printed(expression) for expression in json.loads(os.environ['EXPRESSIONS'])},
}, open(os.environ['RESULT'], 'w'))
gdb.execute('kill')
`;
