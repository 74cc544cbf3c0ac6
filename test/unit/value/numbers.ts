import assert from 'node:assert/strict';
import type { SiteCapture } from '../../../adapter/capture/site';
import { compileNumbers } from '../../../adapter/value/number';
import type { NamedValue } from '../../../adapter/value/value';

/** What is read of a record as numbers is what is shown; nothing where nothing finite is shown. */
export function assertNumbers(
  site: SiteCapture,
  record: DataView,
  offset: number,
  shown: readonly NamedValue[],
): void {
  for (const { name, read, text } of compileNumbers(site)) {
    const value = shown.find((one) => one.name === name)!;
    const number = read(record, offset);
    if (number !== undefined)
      assert.deepEqual({ value: text(number) }, { value: 'value' in value && value.value });
    else if ('value' in value) assert.match(value.value, /^-?(nan|inf)/);
  }
}
