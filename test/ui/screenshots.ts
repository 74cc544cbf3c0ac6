/**
 * `npm run screenshots`: the pictures of the README and of test/ui/shots/, from the packaged extension in the real workbench and
 * a program that runs. With names, those alone: `npm run screenshots -- hover hits`. Prints the files.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { kernelGap } from '../kernel/available';
import { Pictures } from './pictures';
import { showAll } from './scenes';
import { inWindow } from './window';

const ROOT = resolve(__dirname, '../..');
const OUT = join(ROOT, 'out/screenshots');
/** Pictures show it: a short name, wherever the project is. */
const WORKSPACE = join(tmpdir(), 'desk');

/** Milliseconds: a busy machine takes its time with four themes of everything. */
const PATIENCE = 90_000;
/** High enough for the functions of the program. */
const VIEWPORT = { width: 1400, height: 1100 };
/** Pixels of the picture for each of the page: letters and badges are to be read. */
const SCALE = 2;

/** Nothing that moves, or hides what is to be seen. */
const SETTINGS = {
  'breadcrumbs.enabled': false,
  'debug.internalConsoleOptions': 'neverOpen',
  'debug.showInlineBreakpointCandidates': false,
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'editor.occurrencesHighlight': 'off',
  'editor.stickyScroll.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.tips.enabled': false,
};

/** A file of a library that the program has not loaded. */
const PLUGIN = `/* Prices of the season: a library that the desk loads at Christmas. */
double seasonal(double price) {
  double rise = price * 0.25;
  return price + rise;
}
`;

/** Lines that are at thousands of machine addresses. */
const SHOPS = `// The price of a thing in each of the shops.
#include <unistd.h>
#include <utility>

template <int Shop> double price(double base) {
  double rise = base * Shop / 1000;
  return base + rise;
}

template <int... Shop> double all(double base, std::integer_sequence<int, Shop...>) {
  return (0 + ... + price<Shop>(base));
}

int main() {
  for (double base = 1;; base++) {
    all(base, std::make_integer_sequence<int, 3000>());
    usleep(100000);
  }
}
`;

function buildPrograms(): void {
  rmSync(WORKSPACE, { recursive: true, force: true });
  cpSync(join(ROOT, 'examples/inventory'), WORKSPACE, { recursive: true });
  writeFileSync(join(WORKSPACE, 'season.c'), PLUGIN);
  const gcc = (...args: string[]): void => {
    execFileSync('gcc', [...args, 'inventory.c'], { cwd: WORKSPACE });
  };
  gcc('-g', '-Og', '-o', 'inventory');
  gcc('-O2', '-s', '-o', 'inventory-release');
  writeFileSync(join(WORKSPACE, 'shops.cc'), SHOPS);
  execFileSync('g++', ['-g', '-o', 'shops', 'shops.cc'], { cwd: WORKSPACE });
}

async function main(names: readonly string[]): Promise<void> {
  const gap = kernelGap();
  if (gap !== undefined)
    throw new Error(`${gap}. The pictures are of a program that is traced: take them as root.`);
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  buildPrograms();
  const page = { viewport: VIEWPORT, deviceScaleFactor: SCALE, reducedMotion: 'reduce' } as const;
  try {
    await inWindow(
      { out: OUT, workspace: WORKSPACE, settings: SETTINGS, page, patience: PATIENCE },
      async (workbench, server) => {
        const pictures = new Pictures(server, workbench, names, OUT);
        await showAll(workbench, pictures, WORKSPACE);
        console.log(String(pictures));
        if (pictures.failures.length > 0) throw new Error(pictures.failures.join('\n'));
      },
    );
  } finally {
    rmSync(WORKSPACE, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`screenshots: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exitCode = 1;
});
