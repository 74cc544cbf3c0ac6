/**
 * What `npm run bench -- symbols` times, a fresh process for each question: WHAT PROGRAM FILE LINE. Prints the answer as
 * one line of JSON.
 */
import { writeSync } from 'node:fs';
import '../../adapter/sys/tierUp';
import { endProcess } from '../../adapter/sys/endProcess';
import { openProgram } from '../../adapter/symbols/module';
import type { DebugFile } from '../../adapter/dwarf/debugFile';
import type { LineSite } from '../../adapter/dwarf/lineSite';

function sitesOf({ lines }: DebugFile, file: string, line: number): readonly LineSite[] {
  const found = lines.resolve(file, line);
  if (!found.ok) throw new Error(`${file}:${line}: ${JSON.stringify(found.gap)}`);
  return found.sites;
}

const QUESTIONS: Readonly<Record<string, (debug: DebugFile, file: string, line: number) => unknown>> = {
  line: (debug, file, line) => sitesOf(debug, file, line).map(({ address }) => address.toString(16)),
  file: (debug, file) => [...debug.lines.statements(file)].length,
  variables: (debug, file, line) => {
    const { address, scope } = sitesOf(debug, file, line)[0]!;
    const context = debug.info.contextAt(address, scope)!;
    return context.locals().map(({ name, type, location }) => [name, type.kind, location.kind]);
  },
  rows: ({ lines }) => {
    let count = 0;
    for (const unit of lines.rows())
      unit.each(() => {
        count++;
      });
    return count;
  },
  /** Milliseconds for a further line of the file. */
  further: (debug, file, line) => {
    sitesOf(debug, file, line);
    const others = [...debug.lines.statements(file)].map((site) => site.resolvedLine);
    const asked = [...new Set(others)].slice(0, 200);
    const started = performance.now();
    for (const other of asked) sitesOf(debug, file, other);
    return (performance.now() - started) / asked.length;
  },
};

const [what = '', program = '', file = '', line = ''] = process.argv.slice(2);
const module_ = openProgram(program);
const { debug } = module_;
if (debug === undefined) throw new Error(`${program} has no debug information`);
// process.stdout would load a stream first.
writeSync(1, `${JSON.stringify(QUESTIONS[what]!(debug, file, Number(line)))}\n`);
void endProcess(0);
