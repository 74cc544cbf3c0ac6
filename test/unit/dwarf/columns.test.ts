import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DebugFile } from '../../../adapter/dwarf/debugFile';
import type { LineTables } from '../../../adapter/dwarf/lineTables';
import { dumpedLines } from '../../corpus/dwarfdump';
import { toldOf } from '../../builders/lineSites';
import { fixture, FIXTURES, probeLine, VARIANTS } from '../../fixtures/build';
import { imageOf } from './program';

const SOURCE = readFileSync(join(FIXTURES, 'columns.c'), 'utf8').split('\n');
const THREE = probeLine('columns.c', 'three');
const ONE_LINE = probeLine('columns.c', 'oneLine');
/** Where a text begins in a line, from 1. */
const columnOf = (line: number, text: string): number => {
  const index = SOURCE[line - 1]!.indexOf(text);
  assert.ok(index >= 0, text);
  return index + 1;
};
const linesOf = (program: string): LineTables => DebugFile.open(imageOf(readFileSync(program)))!.lines;

/** Where lldb's `breakpoint set --line --column` goes, if it has something at just that column. */
function lldbAddresses(program: string, line: number, column: number): number[] {
  const command = `breakpoint set -f columns.c -l ${line} -u ${column}`;
  const text = execFileSync('lldb', ['-b', '-o', command, '-o', 'breakpoint list -v', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const places = [...text.matchAll(/columns\.c:(\d+):(\d+)\n\s+address = \S+\[(0x\w+)\]/g)];
  return places
    .filter(([, at, of]) => Number(at) === line && Number(of) === column)
    .map(([, , , a]) => Number(a));
}

for (const variant of VARIANTS) {
  describe(`columns of ${variant.compiler} ${variant.flags.join(' ')}`, () => {
    const program = fixture('columns.c', variant);

    it('are those of the rows that llvm-dwarfdump shows, of lines that have statements', () => {
      const { rows } = dumpedLines(program);
      const last = new Set(rows.filter(({ endSequence }) => endSequence).map(({ address }) => address));
      const withCode = rows.filter(({ address, line }) => line > 0 && !last.has(address));
      const lines = new Set(withCode.filter(({ isStmt }) => isStmt).map(({ line }) => line));
      const expected = new Set(
        withCode.filter(({ line }) => lines.has(line)).map(({ line, column }) => `${line}:${column}`),
      );
      const found = linesOf(program).positions('columns.c', { first: 1, last: SOURCE.length });
      assert.deepEqual(new Set(found.map(({ line, column }) => `${line}:${column}`)), expected);
      assert.ok(
        found.some(({ line, column }) => line === THREE && column === columnOf(THREE, 'called(&second)')),
      );
    });

    it('pick the first statement there; where clang makes none, the code that lldb picks', () => {
      const asked: [number, string][] = [
        [THREE, 'called(&second)'],
        [THREE, 'called(&third)'],
        [ONE_LINE, 'called(&first)'],
      ];
      const tables = linesOf(program);
      for (const [line, text] of asked) {
        const column = columnOf(line, text);
        const statements = dumpedLines(program)
          .rows.filter((row) => row.line === line && row.column === column && row.isStmt)
          .map(({ address }) => address);
        const expected =
          statements.length > 0 ? [Math.min(...statements)] : lldbAddresses(program, line, column);
        if (expected.length === 0) continue; // optimised code does not have each
        const found = tables.resolve('columns.c', line, { column });
        assert.ok(found.ok);
        assert.deepEqual(
          found.sites.map((site) => [site.address, site.column]),
          expected.map((address) => [address, column]),
          `${line}:${column} ${text}`,
        );
      }
    });

    it('leave the whole line where there is nothing', () => {
      const tables = linesOf(program);
      assert.deepEqual(
        toldOf(tables.resolve('columns.c', THREE, { column: 1 })),
        toldOf(tables.resolve('columns.c', THREE)),
      );
    });

    it('are told where they are asked for, whatever was asked before', () => {
      const tables = linesOf(program);
      const without = tables.resolve('columns.c', THREE);
      const told = tables.resolve('columns.c', THREE, { withColumns: true });
      assert.ok(without.ok && told.ok);
      assert.ok(!('column' in without.sites[0]!));
      assert.deepEqual(
        told.sites.map(({ address }) => address),
        without.sites.map(({ address }) => address),
      );
      for (const { address, column } of told.sites)
        assert.ok(dumpedLines(program).rows.some((row) => row.address === address && row.column === column));
    });
  });
}
