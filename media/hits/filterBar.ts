/// <reference lib="dom" />
/** The fields above the table: which session, and which of its hits. */
import type { HitQuery } from '../../adapter/protocol';
import type { HitsSession } from '../../src/model/hitsMessages';
import { visibleText } from '../../adapter/inertText';
import { element, named } from './element';

/** What is in the fields, to be kept while the panel is hidden. */
export interface FilterTexts {
  /** Its place; empty for all. */
  tracepoint: string;
  thread: string;
  text: string;
  expression: string;
}

export class FilterBar {
  readonly element: HTMLElement;
  /** Why the filter is refused, in words. */
  readonly error = element('p', { class: 'error', id: 'filter-error', role: 'alert' });
  readonly #session = named(element('select', { class: 'session' }), 'Session');
  readonly #tracepoint = named(element('select', { class: 'tracepoint' }), 'Tracepoint');
  readonly #thread = named(field('Thread', 'The number of a thread'), 'Thread');
  readonly #text = named(field('Text', 'In the message, the function or a value'), 'Text');
  readonly #expression = named(
    field(
      'n > 3 && name == "x"',
      'A C expression over the captured values, as they are shown: / gives fractions',
    ),
    'Condition on the values',
  );
  #sessions: readonly HitsSession[] = [];
  #wantedTracepoint = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param changed the session, or the filter */
  constructor(private readonly changed: () => void) {
    this.#thread.inputMode = 'numeric';
    this.#expression.spellcheck = false;
    this.#expression.setAttribute('aria-describedby', this.error.id);
    this.element = element(
      'div',
      { class: 'filters', role: 'search', 'aria-label': 'Filter of hits' },
      this.#session,
      this.#tracepoint,
      this.#thread,
      this.#text,
      this.#expression,
    );
    this.#session.addEventListener('change', () => {
      this.#wantedTracepoint = '';
      this.#showTracepoints();
      this.changed();
    });
    this.#tracepoint.addEventListener('change', () => {
      this.#wantedTracepoint = this.#tracepoint.value;
      this.changed();
    });
    for (const input of [this.#thread, this.#text, this.#expression])
      input.addEventListener('input', () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(this.changed, TYPING_MS);
      });
  }

  get session(): HitsSession | undefined {
    return this.#sessions.find(({ id }) => id === this.#session.value);
  }

  get query(): HitQuery {
    const thread = this.#thread.value.trim();
    const { value: text } = this.#text;
    const expression = this.#expression.value.trim();
    return {
      ...(this.#wantedTracepoint !== '' && { tracepoints: this.#wantedIds }),
      ...(/^\d+$/.test(thread) && { thread: Number(thread) }),
      ...(text !== '' && { text }),
      ...(expression !== '' && { expression }),
    };
  }

  get #wantedIds(): number[] {
    return this.session?.tracepoints.find(({ place }) => place === this.#wantedTracepoint)?.ids ?? [];
  }

  get texts(): FilterTexts {
    return {
      tracepoint: this.#wantedTracepoint,
      thread: this.#thread.value,
      text: this.#text.value,
      expression: this.#expression.value,
    };
  }

  set texts({ tracepoint, thread, text, expression }: FilterTexts) {
    this.#wantedTracepoint = tracepoint;
    this.#thread.value = thread;
    this.#text.value = text;
    this.#expression.value = expression;
    this.#showTracepoints();
  }

  /** The newest session is shown when it comes. */
  show(sessions: readonly HitsSession[]): void {
    const known = new Set(this.#sessions.map(({ id }) => id));
    const fresh = sessions.filter(({ id }) => !known.has(id)).at(-1);
    const before = this.#session.value;
    this.#sessions = sessions;
    this.#session.replaceChildren(
      ...sessions.map(({ id, name, ended }) =>
        element('option', { value: id }, `${visibleText(name)}${ended ? ' (ended)' : ''}`),
      ),
    );
    this.#session.value =
      fresh?.id ?? (sessions.some(({ id }) => id === before) ? before : (sessions.at(-1)?.id ?? ''));
    this.#session.hidden = sessions.length < 2;
    this.#showTracepoints();
  }

  showError(message: string | undefined): void {
    const thread = this.#thread.value.trim();
    const wrongThread = thread !== '' && !/^\d+$/.test(thread);
    this.#thread.setAttribute('aria-invalid', String(wrongThread));
    this.#expression.setAttribute('aria-invalid', String(message !== undefined));
    const text = message ?? (wrongThread ? `${thread} is no number of a thread.` : '');
    if (this.error.textContent !== text) this.error.textContent = text;
  }

  #showTracepoints(): void {
    const tracepoints = this.session?.tracepoints ?? [];
    this.#tracepoint.replaceChildren(
      element('option', { value: '' }, 'All tracepoints'),
      ...tracepoints.map(({ place, label }) => element('option', { value: place }, visibleText(label))),
    );
    // Before there is a session, it may be what was wanted when the panel was hidden.
    if (this.session && !tracepoints.some(({ place }) => place === this.#wantedTracepoint))
      this.#wantedTracepoint = '';
    this.#tracepoint.value = this.#wantedTracepoint;
  }
}

const field = (placeholder: string, title: string): HTMLInputElement =>
  element('input', { type: 'text', placeholder, title, autocomplete: 'off' });

/** Milliseconds after the last key. */
const TYPING_MS = 250;
