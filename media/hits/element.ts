/// <reference lib="dom" />
/** Elements by their attributes and children. Texts become text nodes: nothing is ever parsed. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A button that is on or off. */
export function toggle(label: string, title: string, change: (on: boolean) => void): HTMLButtonElement {
  const button = element('button', { type: 'button', title, 'aria-pressed': 'false' }, label);
  button.addEventListener('click', () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    press(button, on);
    change(on);
  });
  return button;
}

export function press(button: HTMLButtonElement, on: boolean): void {
  button.setAttribute('aria-pressed', String(on));
}

/** A label above nothing: for fields whose purpose is plain to see. */
export function named<E extends HTMLElement>(field: E, label: string): E {
  field.setAttribute('aria-label', label);
  return field;
}
