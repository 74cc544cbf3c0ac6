/** Hits as the client lists them. */
import type { Hit } from '../engine/hit';
import type { HitId } from '../engine/history';
import type { TracepointId } from '../engine/tracepointState';
import { hitMessage } from '../messages';
import type { HitView, ListedValueView, NamedValueView } from '../protocol';
import { shownName, valueView } from './valueView';

/** The path by which the client names the source of a tracepoint; undefined for one without. */
export type PathOf = (tracepoint: TracepointId) => string | undefined;

/** @param whole with the values' children */
export function hitView(id: HitId, hit: Hit, pathOf: PathOf, whole: boolean): HitView {
  const values = hit.values();
  const { site, tracepoint } = hit;
  const path = pathOf(tracepoint) ?? site.file;
  return {
    id,
    tracepoint,
    timeNs: String(hit.time),
    pid: hit.pid,
    tid: hit.tid,
    ...(site.scope?.name !== undefined && { function: shownName(site.scope.name) }),
    ...(path !== undefined && { path }),
    ...(site.resolvedLine !== undefined && { line: site.resolvedLine }),
    message: hitMessage(hit, values),
    values: values.map((value) => (whole ? valueView(value) : listed(valueView(value)))),
  };
}

function listed(view: NamedValueView): ListedValueView {
  if (!('children' in view)) return view;
  const { children, ...rest } = view;
  return children.length > 0 ? { ...rest, isOpenable: true } : rest;
}
