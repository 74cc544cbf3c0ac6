/** Our values of expressions at a stop of gdb. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DEFAULT_CAPTURE_LIMITS } from '../../../adapter/capture/captured';
import { lowerCondition } from '../../../adapter/capture/condition';
import { lowerSite } from '../../../adapter/capture/site';
import { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import type { AddressContext } from '../../../adapter/dwarf/scope';
import { virtualAddress } from '../../../adapter/elf/address';
import type { ByteSource } from '../../../adapter/elf/byteSource';
import { ElfImage } from '../../../adapter/elf/image';
import { parseExpression } from '../../../adapter/expression/message';
import { typeExpression } from '../../../adapter/expression/typing';
import { compileReader } from '../../../adapter/value/reader';
import type { RenderedValue } from '../../../adapter/value/value';
import { record, run } from '../capture/interpreter';
import type { Stop } from './gdb';

export function contextAt(program: string, address: number): AddressContext {
  const bytes = readFileSync(program);
  const source: ByteSource = {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
  const context = DebugInfo.open(ElfImage.parse(source))?.contextAt(virtualAddress(address));
  assert.ok(context);
  return context;
}

export function valuesAt(
  stop: Stop,
  context: AddressContext,
  texts: readonly string[],
): Map<string, RenderedValue> {
  const values = texts.map((text) => {
    const expression = { text, typed: typeExpression(parseExpression(text), context) };
    const site = lowerSite([expression], context, DEFAULT_CAPTURE_LIMITS);
    const { view, offset } = record(site.program.captures, stop);
    return [text, compileReader(site)(view, offset)[0]!] as const;
  });
  return new Map(values);
}

/** What a condition is there; `refused` where it is not compiled, undefined where it has no value. */
export function truthAt(stop: Stop, context: AddressContext, text: string): boolean | 'refused' | undefined {
  const capture = lowerCondition(typeExpression(parseExpression(text), context), context);
  if (!('steps' in capture)) return 'refused';
  const field = run(capture, stop);
  return field && field[0] !== 0;
}
