import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Compares with test/golden/`name`, or writes it when UPDATE_GOLDEN=1. */
export function assertGolden(name: string, text: string): void {
  const path = resolve(__dirname, '../../golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.ok(existsSync(path), `${path}: run with UPDATE_GOLDEN=1 and review it`);
  assert.equal(text, readFileSync(path, 'utf8'));
}
