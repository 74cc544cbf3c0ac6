/// <reference lib="dom" />
/** The values of one hit as a tree; children are made when they are opened. */
import type { HitView, NamedValueView } from '../../adapter/protocol';
import { clockText, valueText } from '../../src/model/hitText';
import { visibleText } from '../../adapter/inertText';
import { element } from './element';

export class ValueTree {
  readonly element = element('section', {
    class: 'values',
    'aria-label': 'Values of the chosen hit',
    hidden: '',
  });

  show(hit: HitView, clockStart: number): void {
    const where = hit.line === undefined ? '' : `${fileName(hit.path ?? '')}:${hit.line} · `;
    const tree = element(
      'ul',
      { role: 'tree', 'aria-label': 'Values' },
      ...hit.values.map((value) => item(value, 1)),
    );
    tree.firstElementChild?.setAttribute('tabindex', '0');
    tree.addEventListener('keydown', (event) => {
      if (pressed(tree, event)) event.preventDefault();
    });
    tree.addEventListener('click', (event) => {
      const clicked = (event.target as Element).closest<HTMLElement>('[role=treeitem]');
      if (!clicked) return;
      focus(tree, clicked);
      open(clicked, clicked.getAttribute('aria-expanded') !== 'true');
    });
    this.element.hidden = false;
    this.element.replaceChildren(
      element('h2', {}, `${visibleText(where)}${clockText(hit.timeNs, clockStart)}`),
      ...(hit.values.length > 0 ? [tree] : []),
    );
  }

  clear(): void {
    this.element.hidden = true;
    this.element.replaceChildren();
  }
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Children by their item, until they are opened. */
const closed = new WeakMap<Element, readonly NamedValueView[]>();

function item(value: NamedValueView, level: number): HTMLLIElement {
  const children = 'value' in value ? (value.children ?? []) : [];
  const line = element(
    'span',
    { class: 'line', title: visibleText(value.type) },
    element('span', { class: 'name' }, visibleText(value.name)),
    ' = ',
    element('span', { class: 'value' in value ? 'value' : 'value unavailable' }, valueText(value)),
  );
  const made = element('li', { role: 'treeitem', tabindex: '-1', 'aria-level': String(level) }, line);
  if (children.length === 0) return made;
  made.setAttribute('aria-expanded', 'false');
  closed.set(made, children);
  return made;
}

function open(parent: Element, wanted: boolean): void {
  if (!parent.hasAttribute('aria-expanded')) return;
  parent.setAttribute('aria-expanded', String(wanted));
  const children = closed.get(parent);
  if (!wanted || !children) return;
  closed.delete(parent);
  const level = Number(parent.getAttribute('aria-level')) + 1;
  parent.append(element('ul', { role: 'group' }, ...children.map((child) => item(child, level))));
}

/** The keys of the tree pattern of the ARIA Authoring Practices Guide. */
function pressed(tree: HTMLElement, { key, target }: KeyboardEvent): boolean {
  const current = (target as Element).closest<HTMLElement>('[role=treeitem]');
  if (!current) return false;
  const expanded = current.getAttribute('aria-expanded');
  const shown = [...tree.querySelectorAll<HTMLElement>('[role=treeitem]')].filter(
    (one) => !one.parentElement!.closest('[aria-expanded=false]'),
  );
  const at = shown.indexOf(current);
  switch (key) {
    case 'ArrowDown':
      return focus(tree, shown[at + 1]);
    case 'ArrowUp':
      return focus(tree, shown[at - 1]);
    case 'Home':
      return focus(tree, shown[0]);
    case 'End':
      return focus(tree, shown.at(-1));
    case 'ArrowRight':
      if (expanded === 'true') return focus(tree, shown[at + 1]);
      open(current, true);
      return true;
    case 'ArrowLeft':
      if (expanded === 'true') open(current, false);
      else focus(tree, current.parentElement!.closest<HTMLElement>('[role=treeitem]') ?? undefined);
      return true;
    case 'Enter':
    case ' ':
      open(current, expanded !== 'true');
      return true;
    default:
      return false;
  }
}

function focus(tree: HTMLElement, wanted: HTMLElement | undefined): boolean {
  if (!wanted) return true;
  for (const one of tree.querySelectorAll('[tabindex="0"]')) one.setAttribute('tabindex', '-1');
  wanted.setAttribute('tabindex', '0');
  wanted.focus();
  return true;
}
