import type { Contents } from '../../capture/captured';
import type { OwnerView } from '../../expression/library/view';
import { gapIn } from '../byteGap';
import { PAGE_NOT_PRESENT } from '../field';
import { readUint64 } from '../integer';
import { hexadecimal } from '../scalar';
import { textOf } from '../summary';
import type { NamedValue, RenderedValue } from '../value';
import { OVER_BUDGET, type PartCompiler, type ValueReader } from './compiler';

/**
 * Reads owning pointers: the address, what it owns, and how many own it.
 * @param at where the pointer is within the object
 */
export function ownerReader(
  { target }: OwnerView,
  at: number,
  behind: number,
  contents: Contents | undefined,
  compiler: PartCompiler,
  type: string,
): ValueReader {
  const { held } = compiler;
  const known = contents?.kind === 'target' ? contents : undefined;
  const owned = known?.target === undefined ? undefined : held.field(known.target);
  const uses = known?.useCount === undefined ? undefined : held.field(known.useCount);
  const read = known && compiler.compile(target.type, known.nested);
  return (bytes, offset, available, gaps = []) => {
    const unavailable =
      at + POINTER_BYTES > available ? OVER_BUDGET : gapIn(gaps, offset + at, POINTER_BYTES);
    if (unavailable) return { unavailable, type };
    const pointer = readUint64(bytes, offset + at);
    if (pointer === 0) return { value: hexadecimal(0), type };
    const address = hexadecimal(typeof pointer === 'bigint' ? pointer + BigInt(behind) : pointer + behind);
    const count = uses && !held.hasFaulted(uses) ? BigInt.asUintN(32, BigInt(held.number(uses))) : undefined;
    if (count === 0n) return { value: `${address} (expired)`, type };
    const suffix = count === undefined ? '' : ` (use count ${count})`;
    if (!owned || !read) return { value: address + suffix, type };
    const value: RenderedValue = held.hasFaulted(owned)
      ? { unavailable: PAGE_NOT_PRESENT, type: '' }
      : read(held.view, held.at(owned), owned.capacity);
    const child: NamedValue = { ...value, name: '*' };
    return { value: `${address} ${braced(textOf(value))}${suffix}`, type, children: [child] };
  };
}

const braced = (text: string): string => (text.startsWith('{') ? text : `{${text}}`);
const POINTER_BYTES = 8;
