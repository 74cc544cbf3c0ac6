import type { Contents } from '../../capture/captured';
import type { ChainView } from '../../expression/library/view';
import { PAGE_NOT_PRESENT } from '../field';
import type { HeldField, HeldRecord } from '../heldRecord';
import { named, summary, textOf, unnamed } from '../summary';
import type { NamedValue } from '../value';
import { gapReader, OVER_BUDGET, type PartCompiler, type ValueReader } from './compiler';

type Nodes = Extract<Contents, { kind: 'nodes' }>;

/** Reads containers of nodes: the first of them, as far as they were captured. */
export function chainReader(
  view: ChainView,
  contents: Contents | undefined,
  compiler: PartCompiler,
  type: string,
): ValueReader {
  if (contents?.kind !== 'nodes') return gapReader(OVER_BUDGET, type);
  const { held } = compiler;
  const length = lengthReader(contents, held);
  const nodes = contents.nodes.map(({ capture, nested }) => ({
    field: held.field(capture),
    read: compiler.compile(view.element, nested),
  }));
  return () => {
    const found = length();
    if (found === undefined) return { unavailable: PAGE_NOT_PRESENT, type };
    const { count, isAll } = found;
    const shown = nodes.slice(0, count > nodes.length ? nodes.length : Number(count));
    const children = shown.map(({ field, read }, i) => child(view, held, field, read, i));
    const text = summary(children, view.isMap ? named : unnamed, !isAll || children.length < count);
    return { value: isAll ? `size ${count} ${text}` : text, type, children };
  };
}

function child(
  view: ChainView,
  held: HeldRecord,
  field: HeldField,
  read: ValueReader,
  i: number,
): NamedValue {
  const value = held.hasFaulted(field)
    ? { unavailable: PAGE_NOT_PRESENT, type: '' }
    : read(held.view, held.at(field), field.capacity);
  const [key, mapped] = ('children' in value && value.children) || [];
  return view.isMap && key && mapped ? { ...mapped, name: `[${textOf(key)}]` } : { ...value, name: `[${i}]` };
}

/** How many nodes there are; where only the nodes tell, how many were met, and whether those are all. */
function lengthReader(
  { count, links }: Nodes,
  held: HeldRecord,
): () => { count: number | bigint; isAll: boolean } | undefined {
  if (count !== undefined) {
    const field = held.field(count);
    return () => (held.hasFaulted(field) ? undefined : { count: held.number(field), isAll: true });
  }
  const fields = links.map((link) => held.field(link));
  return () => {
    for (const [i, field] of fields.entries()) {
      if (held.hasFaulted(field)) return i === 0 ? undefined : { count: i, isAll: false };
      if (held.number(field) === 0) return { count: i, isAll: true };
    }
    return { count: fields.length, isAll: false };
  };
}
