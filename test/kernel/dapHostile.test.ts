import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { UpdateBody } from '../../adapter/protocol';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { giveHostileNames } from '../fixtures/hostileNames';
import { needsKernel } from './available';
import { DapClient } from './dapClient';

const LINE = probeLine('hostile.c', 'hostile');

/** All texts in a message's body, but for line ends at the end of an output. */
const texts = (body: unknown): string[] =>
  typeof body === 'string'
    ? [body]
    : typeof body === 'object' && body !== null
      ? Object.values(body).flatMap(texts)
      : [];

function assertInert(body: unknown): void {
  for (const text of texts(body)) {
    assert.doesNotMatch(text.replace(/\n$/, ''), /[\p{C}\p{Zl}\p{Zp}]/u);
    assert.ok(text.length < 20_000, `${text.length} characters`);
  }
}

describe('a program whose names and strings are hostile', function () {
  before(needsKernel);

  it('is told of in texts that a client can show as they are', async () => {
    const program = `${fixture('hostile.c')}-dap`;
    copyFileSync(fixture('hostile.c'), program);
    giveHostileNames(program);
    const client = new DapClient();
    const source = { path: join(FIXTURES, 'hostile.c') };
    await client.request('initialize', { clientID: 'vscode', linesStartAt1: true });
    await client.request('launch', { program });
    await client.request('setBreakpoints', { source, breakpoints: [{ line: LINE }] });
    await client.request('configurationDone');
    const has = (fits: (view: UpdateBody['tracepoints'][number]) => boolean) => (body: UpdateBody) =>
      body.tracepoints.some(fits);
    const update = await client.event(
      'sourcetap/update',
      has(({ counts }) => counts.hits > 12),
    );
    const [{ values, lastHit }] = (update.body as UpdateBody).tracepoints as [UpdateBody['tracepoints'][0]];
    assert.match(lastHit?.function ?? '', /^\\u001b\[31m<command:.*\\n\$\(bug\)\\u202e/);
    assert.match(values.at(-1)!.name, /^\\u001b\[32m/);
    const threads = await client.request('threads');
    assert.match(texts(threads.body)[0]!, /^\\u001b\[1m\$\(bug\)\\n\\u202e/);
    const answers = [threads, await client.request('evaluate', { expression: 'kind', context: 'hover' })];
    for (const expression of ['last', 'hits', 'top'])
      answers.push(await client.request('evaluate', { expression, context: 'repl' }));
    for (const { body, success } of answers) {
      assert.equal(success, true);
      for (const line of texts(body).flatMap((text) => text.split('\n'))) assertInert(line);
    }
    for (const { event, body } of client.messages.filter((one) => one.type === 'event'))
      if (['output', 'breakpoint', 'sourcetap/update'].includes(event)) assertInert(body);
    assert.match(client.output('stdout'), /\$\(bug\) \$\(sync~spin\) \$\{command:.*\{_text\}/);

    const wrong = await client.request('setBreakpoints', {
      source,
      breakpoints: [{ line: LINE, logMessage: '{kind.x}' }],
    });
    const [{ message = '' }] = (wrong.body as { breakpoints: DebugProtocol.Breakpoint[] }).breakpoints as [
      DebugProtocol.Breakpoint,
    ];
    assert.match(message, /enum \\u001b\[33m\[run\] \(command:.* is no struct/);
    assertInert(message);
    await client.request('disconnect');
  });

  it('has sources whose names are told so, and that can be opened by their paths', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    const path = join(directory, '\u001b[31m\u202efdp.c');
    const program = join(directory, 'program');
    writeFileSync(path, 'int main(void) { return 0; }\n');
    execFileSync('gcc', ['-g', path, '-o', program]);
    const client = new DapClient();
    await client.request('initialize', { clientID: 'vscode', linesStartAt1: true });
    await client.request('launch', { program });
    const { body } = await client.request('loadedSources');
    const { sources } = body as { sources: DebugProtocol.Source[] };
    assert.equal(sources.find((source) => source.path === path)?.name, '\\u001b[31m\\u202efdp.c');
    assertInert(sources.map(({ name }) => name));
    await client.request('disconnect');
    rmSync(directory, { recursive: true });
  });
});
