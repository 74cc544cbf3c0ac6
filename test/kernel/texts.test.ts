import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fixture, probeLine, type Variant } from '../fixtures/build';
import { libraryGap, LIBRARIES } from '../fixtures/standardLibraries';
import { needsKernel } from './available';
import { sideBySide, Tracing } from './sourcetap';

const RUNS = 200;
const CPLUS = LIBRARIES.filter(({ name }) => ['g++ -O2', 'clang++ -O0, libc++'].includes(name));
const RUST: Variant & { readonly name: string } = {
  name: 'Rust, optimised',
  compiler: 'rustc',
  flags: ['-O'],
};

describe("Comparisons of libraries' strings", function () {
  this.timeout(240_000);
  before(needsKernel);

  const programs = [
    ...CPLUS.map((variant) => ({ variant, source: 'texts.cc', probe: 'work' })),
    { variant: RUST, source: 'texts.rs', probe: 'look' },
  ];
  for (const { variant, source, probe } of programs)
    it(`hold as often as the program says, in conditions and messages, ${variant.name}`, async function () {
      const gap = libraryGap(variant);
      if (gap) {
        console.log(`skipped: ${gap}`);
        this.skip();
      }
      const program = fixture(source, variant);
      const place = `${source}:${probeLine(source, probe)}`;
      const printed = execFileSync(program, [`${RUNS}`], { encoding: 'utf8' });
      const conditions = [...printed.matchAll(/^held (\d+) (.*)$/gm)].map(([, held, text]) => ({
        held: Number(held),
        text: text!,
      }));
      assert.ok(conditions.length > 5);
      const log = conditions.map(({ text }) => `{${text}}`).join(' ');
      const { hits } = await new Tracing(place, '--log', log, '--program', program, '--', `${RUNS}`).end();
      assert.equal(hits.length, RUNS);
      await sideBySide(conditions, async ({ held, text }) => {
        const options = ['--if', text, '--count', '--program', program, '--', `${RUNS}`];
        const { summaries, stderr } = await new Tracing(place, ...options).end();
        const [summary] = summaries;
        assert.ok(summary, stderr);
        const { delivered, filtered } = summary;
        assert.deepEqual({ text, delivered, filtered }, { text, delivered: held, filtered: RUNS - held });
        const shown = hits.map(({ values }) => values[text]?.value ?? values[text]?.unavailable);
        assert.deepEqual([...new Set(shown)].sort(), held === RUNS ? ['1'] : ['0', '1'], text);
        assert.equal(shown.filter((value) => value === '1').length, held, text);
      });
    });
});
