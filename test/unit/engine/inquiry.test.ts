import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { contextsAt, suggest } from '../../../adapter/engine/inquiry';
import { openProgram } from '../../../adapter/symbols/module';
import { SourceMap } from '../../../adapter/symbols/sourceMap';
import { fixture, probeLine } from '../../fixtures/build';

/** What gdb finds in the caller's frame or in a vector register, and no probe can. */
const UNSEEN: ReadonlySet<string> = new Set(['callerValue', 'vectorRegister']);
const GONE = '<optimized out>';

/** What gdb says of a function's variables with the program stopped at an address. */
function gdbValues(program: string, address: number, names: readonly string[]): Map<string, string> {
  const commands = [
    ...[`break *${String(address)}`, 'run'],
    ...names.flatMap((name) => [`echo \\n${name}=`, `output ${name}`]),
  ].flatMap((command) => ['-ex', command]);
  const text = execFileSync('gdb', ['-nx', '-batch', ...commands, program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return new Map([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));
}

describe('suggestions', () => {
  for (const [compiler, marker] of [
    ['gcc', 'shadowed'],
    ['gcc', 'walk'],
    ['clang', 'walk'],
  ] as const)
    it(`say which variables have no value at a line of ${compiler} -O2 (${marker}), as gdb does there`, () => {
      const program = fixture('scopes.c', { compiler, flags: ['-O2', '-no-pie'] });
      const module = openProgram(program);
      const where = { kind: 'line', file: 'scopes.c', line: probeLine('scopes.c', marker) } as const;
      const contexts = contextsAt(where, [module], new SourceMap());
      const { items } = suggest({ text: '', kind: 'expression', offset: 0 }, contexts)!;
      const locals = new Set(contexts[0]!.frameLocals().map(({ name }) => name));
      const shown = items.filter(({ text }) => locals.has(text));
      assert.ok(shown.length > 2);
      const values = contexts.map(({ address }) => gdbValues(program, address, [...locals]));
      for (const { text, gap } of shown) {
        const gone = values.every((at) => at.get(text) === GONE);
        if (!gap || !UNSEEN.has(gap.code)) assert.equal(gap !== undefined, gone, text);
        else assert.ok(!gone, text);
      }
      module.close();
    });
});
