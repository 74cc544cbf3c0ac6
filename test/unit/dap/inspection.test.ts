import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CheckResponseBody,
  CompleteResponseBody,
  Draft,
  InspectedProgram,
  LinesResponseBody,
} from '../../../adapter/protocol';
import { fixture, FIXTURES, probeLine } from '../../fixtures/build';
import { DapClient } from '../../kernel/dapClient';

const LOOP = join(FIXTURES, 'loop.c');
const WORK = probeLine('loop.c', 'work');
const UNCHECKED = /^no program built with -g from .* is known: names are not checked$/;

describe('programs that are only looked at', () => {
  let client: DapClient;

  const ask = async <Body>(command: string, args: object): Promise<Body> => {
    const { success, message, body } = await client.request(command, args);
    assert.ok(success, message);
    return body as Body;
  };
  const inspect = (...programs: InspectedProgram[]): Promise<unknown> =>
    ask('sourcetap/inspect', { programs });
  const check = (draft: Partial<Draft>): Promise<CheckResponseBody> =>
    ask('sourcetap/check', { path: LOOP, line: WORK, ...draft });
  const complete = async (text: string, path = LOOP, line = WORK): Promise<(string | undefined)[][]> => {
    const args = { path, line, field: 'condition', text, offset: text.length };
    const { items } = await ask<CompleteResponseBody>('sourcetap/complete', args);
    return items.map((item) => [item.text, item.type]);
  };
  const hasSource = async (path: string): Promise<boolean> =>
    (await ask<{ hasSource: boolean }>('sourcetap/hasSource', { path })).hasSource;

  beforeEach(async () => {
    client = new DapClient();
    await client.request('initialize', { adapterID: 'sourcetap' });
  });
  afterEach(async () => {
    await client.request('disconnect');
    assert.equal(await client.end(), 0);
  });

  it('complete names and members with their types, and check all of a draft', async () => {
    await inspect({ program: fixture('loop.c') });
    assert.deepEqual(await complete('p->na'), [['name', 'const char *']]);
    assert.deepEqual(await check({ logMessage: '{n}', condition: 'n > 1', hitCondition: '%2' }), {
      problems: [],
      notes: [],
      sites: 1,
    });
    const { problems } = await check({
      logMessage: '{n} {p->nam}',
      condition: 'n > x',
      hitCondition: 'often',
    });
    assert.deepEqual(
      problems.map(({ field, start }) => [field, start]),
      [
        ['hitCondition', undefined],
        ['condition', 4],
      ],
    );
    const [warning] = (await check({ logMessage: '{n} {p->nam}' })).problems;
    assert.deepEqual([warning!.severity, warning!.start], ['warning', 8]);
    assert.equal((await check({ line: 1 })).problems[0]!.field, 'line');
  });

  it('tell the lines that can be traced, and where breakpoints can be', async () => {
    await inspect({ program: fixture('loop.c') });
    const range = { path: LOOP, first: WORK, last: WORK };
    const { lines } = await ask<LinesResponseBody>('sourcetap/lines', range);
    assert.deepEqual(lines, [{ line: WORK, copies: 1, probeable: true }]);
    const { breakpoints } = await ask<{ breakpoints: unknown[] }>('breakpointLocations', {
      source: { path: LOOP },
      line: WORK,
    });
    assert.ok(breakpoints.length > 0);
  });

  it('are none at first: what needs no program is checked, and that it is no more is said', async () => {
    for (const programs of [[], [{ program: '/no/such' }], [{ program: '/etc/passwd' }]]) {
      await inspect(...programs);
      const wrong = await check({ logMessage: 'half {n', condition: 'n >', hitCondition: 'often' });
      assert.deepEqual(
        wrong.problems.map(({ field, start }) => [field, start]),
        [
          ['logMessage', 7],
          ['condition', 3],
          ['hitCondition', undefined],
        ],
      );
      const { problems, notes } = await check({ logMessage: '{anything}' });
      assert.deepEqual(problems, []);
      assert.match(notes.join(), UNCHECKED);
      assert.deepEqual(await complete('n'), []);
      assert.equal(await hasSource(LOOP), false);
      const range = { path: LOOP, first: 1, last: 100 };
      assert.deepEqual(await ask('sourcetap/lines', range), { lines: [] });
    }
  });

  it('answer about the files that they have, the first one that has it', async () => {
    const [loop, columns] = [fixture('loop.c'), fixture('columns.c')];
    const elsewhere = join(FIXTURES, 'elsewhere', 'loop.c');
    await inspect(
      { program: columns },
      { program: loop },
      { program: loop, sourceFileMap: { [FIXTURES]: join(FIXTURES, 'elsewhere') } },
    );
    for (const [path, has] of [
      [LOOP, true],
      [join(FIXTURES, 'columns.c'), true],
      [elsewhere, true],
      ['/no/such/loop.c', false],
    ] as const)
      assert.equal(await hasSource(path), has, path);
    assert.deepEqual(await complete('p->na', elsewhere), [['name', 'const char *']]);
    assert.match((await check({ path: '/no/such/loop.c' })).notes.join(), UNCHECKED);
    await inspect({ program: columns });
    assert.equal(await hasSource(LOOP), false);
  });

  it('have nothing to do with the kernel', async () => {
    await inspect({ program: fixture('loop.c') });
    await check({ logMessage: '{n}', condition: 'n > 1' });
    const directory = `/proc/${client.process.pid!}/fd`;
    const open = readdirSync(directory).flatMap((name) => {
      try {
        return [readlinkSync(join(directory, name))];
      } catch {
        return []; // closed meanwhile
      }
    });
    assert.ok(open.some((file) => file === fixture('loop.c')));
    assert.deepEqual(
      open.filter((file) => /bpf|perf|\/proc\/\d+\/mem/.test(file)),
      [],
    );
  });

  it('give way to a target', async () => {
    await inspect({ program: fixture('columns.c') });
    await ask('launch', { program: fixture('loop.c') });
    assert.equal(await hasSource(LOOP), true);
    assert.equal(await hasSource(join(FIXTURES, 'columns.c')), false);
  });

  it('are refused where they are no list of paths', async () => {
    for (const programs of [undefined, 'loop', [null], [{ program: 3 }]]) {
      const { success, message } = await client.request('sourcetap/inspect', { programs });
      assert.equal(success, false);
      assert.match(message!, /^"programs" is a list/);
    }
  });

  describe('and are built meanwhile', () => {
    let folder: string;
    const write = (...lines: string[]): void => {
      writeFileSync(join(folder, 'shop.c'), `${lines.join('\n')}\n`);
    };
    const build = (...lines: string[]): void => {
      write(...lines);
      execFileSync('gcc', ['-g', '-o', 'shop', 'shop.c'], { cwd: folder });
    };

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    it('are looked at anew', async () => {
      const source = join(folder, 'shop.c');
      const names = async (line: number): Promise<unknown> =>
        (await complete('', source, line)).filter(([, type]) => type === 'long');
      await inspect({ program: join(folder, 'shop') });
      assert.deepEqual(await complete('', source, 3), []);
      build('int main(void) {', '  long first = 1;', '  return (int)first;', '}');
      assert.deepEqual(await names(3), [['first', 'long']]);
      build('int main(void) {', '  long second = 2;', '  return (int)second;', '}');
      assert.deepEqual(await names(3), [['second', 'long']]);
      rmSync(join(folder, 'shop'));
      assert.deepEqual(await complete('', source, 3), []);
    });

    it('may be shared libraries', async () => {
      write('long sell(long amount) {', '  return amount - 1;', '}');
      execFileSync('gcc', ['-g', '-shared', '-fpic', '-o', 'libshop.so', 'shop.c'], { cwd: folder });
      await inspect({ program: join(folder, 'libshop.so') });
      assert.deepEqual(await complete('am', join(folder, 'shop.c'), 2), [['amount', 'long']]);
    });

    it('say so where the source is newer', async () => {
      build('int main(void) {', '  return 0;', '}');
      await inspect({ program: join(folder, 'shop') });
      const place = { path: join(folder, 'shop.c'), line: 2 };
      assert.deepEqual((await check(place)).notes, []);
      const later = Date.now() / 1000 + 60;
      utimesSync(place.path, later, later);
      assert.deepEqual((await check(place)).notes, ['shop.c is newer than shop, from which this is told']);
    });
  });
});
