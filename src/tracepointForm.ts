/**
 * The one way in which a tracepoint is written: a field at a time, with what could be written there and what is wrong with it
 * below the field, and ways to the other fields.
 */
import * as vscode from 'vscode';
import {
  CHECK_REQUEST,
  COMPLETE_REQUEST,
  type CheckResponseBody,
  type Problem,
  type CompleteResponseBody,
  type CompletionView,
} from '../adapter/protocol';
import type { Inquiries } from './inquiries';
import {
  cursorAfter,
  draftText,
  limitOf,
  problemText,
  withCompletion,
  withLimit,
  withText,
  withValues,
  type Draft,
  type LimitName,
  type TextField,
} from './model/draft';
import { labelText } from './model/markup';

/** Where the tracepoint is, or is going to be. */
export interface FormPlace {
  /** As DAP has it; the line from 1. */
  readonly path: string;
  readonly line: number;
  readonly title: string;
}

interface Step {
  readonly draft: Draft;
  /** Undefined when the draft is done. */
  readonly next: TextField | LimitName | undefined;
}

/** Undefined when it was cancelled. */
export async function askTracepoint(
  place: FormPlace,
  draft: Draft,
  first: TextField,
  inquiries: Inquiries,
): Promise<Draft | undefined> {
  let step: Step | undefined = { draft, next: first };
  while (step?.next !== undefined) {
    const { next }: Step = step;
    step = isText(next)
      ? await new FieldForm(place, step.draft, next, inquiries).ask()
      : await askLimit(place, step.draft, next);
  }
  return step?.draft;
}

const isText = (field: TextField | LimitName): field is TextField => field in FIELDS;

const FIELDS = {
  logMessage: {
    name: 'Message',
    icon: 'comment',
    hint: 'Text with {expressions}, such as n={n} name={p->name}. Empty: all arguments and locals.',
  },
  condition: {
    name: 'Condition',
    icon: 'filter',
    hint: 'Hits are shown where this is true, such as n > 3 && p->name == "bolt". Empty: all.',
  },
  hitCondition: {
    name: 'Hit Count',
    icon: 'symbol-number',
    hint: 'N or =N (the Nth hit), >N, >=N, <N, <=N, or %N (every Nth). Empty: all.',
  },
} as const satisfies Record<TextField, { name: string; icon: string; hint: string }>;

const LIMITS = {
  maxHits: { name: 'Stop After', icon: 'circle-slash', hint: 'Hits to show; then its probes go out.' },
  hitsPerSecond: { name: 'Hits a Second', icon: 'dashboard', hint: 'More than these are counted only.' },
  sampling: { name: 'Sampling', icon: 'split-horizontal', hint: 'N: one hit in N is shown.' },
} as const satisfies Record<LimitName, { name: string; icon: string; hint: string }>;

type Item = vscode.QuickPickItem & {
  readonly does?:
    | 'done'
    | 'count'
    | 'values'
    | { readonly insert: CompletionView }
    | { readonly goTo: TextField | LimitName };
};

const ICONS = {
  variable: 'symbol-variable',
  member: 'symbol-field',
  method: 'symbol-method',
  special: 'symbol-constant',
  function: 'symbol-function',
} as const satisfies Record<CompletionView['kind'], string>;

/** One field on screen. */
class FieldForm {
  readonly #pick = vscode.window.createQuickPick<Item>();
  readonly #draft: Draft;
  #check: CheckResponseBody | undefined;
  #completions: readonly CompletionView[] = [];
  /** They belong to the text before: they keep their places, so that nothing moves under the pointer, and insert nothing. */
  #isLate = false;
  #text: string;
  #cursor: number;
  /** Counts the questions, so that an answer that comes late is not shown. */
  #asked = 0;
  #settle!: (step: Step | undefined) => void;

  constructor(
    private readonly place: FormPlace,
    draft: Draft,
    private readonly field: TextField,
    private readonly inquiries: Inquiries,
  ) {
    this.#draft = draft;
    this.#text = draft[field];
    this.#cursor = this.#text.length;
    const pick = this.#pick;
    pick.title = `${place.title}: ${FIELDS[field].name}`;
    pick.placeholder = FIELDS[field].hint;
    pick.value = this.#text;
    pick.ignoreFocusOut = true;
    // The order is ours, whatever is written. A part of the API that is not in its types.
    (pick as unknown as { sortByLabel: boolean }).sortByLabel = false;
  }

  async ask(): Promise<Step | undefined> {
    const step = new Promise<Step | undefined>((resolve) => (this.#settle = resolve));
    this.#pick.onDidChangeValue((value) => {
      this.#cursor = cursorAfter(this.#text, value);
      this.#text = value;
      this.#isLate = true;
      this.#paint();
      void this.#look();
    });
    this.#pick.onDidAccept(() => {
      this.#accept(this.#pick.activeItems[0]?.does);
    });
    this.#pick.onDidHide(() => {
      this.#settle(undefined);
    });
    this.#paint();
    this.#pick.show();
    void this.#look();
    try {
      return await step;
    } finally {
      this.#pick.dispose();
    }
  }

  get #written(): Draft {
    return withText(this.#draft, this.field, this.#text);
  }

  #accept(does: Item['does']): void {
    if (does === undefined) return;
    if (does === 'done') this.#settle({ draft: this.#written, next: undefined });
    else if (does === 'count')
      this.#settle({
        draft: { ...this.#written, logMessage: '', extras: { ...this.#draft.extras, mode: 'count' } },
        next: undefined,
      });
    else if (does === 'values')
      this.#settle({
        draft: { ...this.#written, extras: withValues(this.#draft.extras) },
        next: undefined,
      });
    else if ('goTo' in does) this.#settle({ draft: this.#written, next: does.goTo });
    else {
      const { insert } = does;
      this.#text = withCompletion(this.#text, insert);
      this.#cursor = insert.start + insert.text.length;
      this.#pick.value = this.#text;
      void this.#look();
    }
  }

  /** Asks the adapter about what is written now. */
  async #look(): Promise<void> {
    const asked = ++this.#asked;
    // Shown where it takes most of a second.
    this.#pick.busy = true;
    const { path, line } = this.place;
    const { logMessage, condition, hitCondition } = this.#written;
    const [check, completions] = await Promise.all([
      this.inquiries.ask<CheckResponseBody>(CHECK_REQUEST, {
        path,
        line,
        logMessage,
        condition,
        hitCondition,
      }),
      this.#complete(),
    ]);
    if (asked !== this.#asked) return;
    this.#pick.busy = false;
    this.#check = check;
    this.#completions = completions;
    this.#isLate = false;
    this.#paint();
  }

  async #complete(): Promise<readonly CompletionView[]> {
    const { field } = this;
    if (field === 'hitCondition') return [];
    const { path, line } = this.place;
    const [text, offset] = [this.#text, this.#cursor];
    const ask = async (before: string): Promise<CompletionView[]> => {
      const args = { path, line, field, text: before + text.slice(offset), offset: before.length };
      return (await this.inquiries.ask<CompleteResponseBody>(COMPLETE_REQUEST, args))?.items ?? [];
    };
    const before = text.slice(0, offset);
    const inside = await ask(before);
    if (inside.length > 0 || field === 'condition') return inside;
    // Outside the braces of a message: what of the program could be between new ones. Registers and the like are offered there.
    const fresh = (await ask(`${before}{`)).filter(({ kind }) => kind === 'variable' || kind === 'member');
    return fresh.map((item) => ({ ...item, text: `{${item.text}}`, start: offset, length: 0 }));
  }

  #paint(): void {
    const { active, items } = this.#items();
    this.#pick.items = items;
    this.#pick.activeItems = active ? [active] : [];
  }

  #items(): { active: Item | undefined; items: Item[] } {
    const all = this.#check?.problems ?? [];
    const isHere = ({ field }: Problem): boolean => field === this.field;
    const problems = [...all.filter(isHere), ...all.filter((problem) => !isHere(problem))];
    const errors = problems.filter(({ severity }) => severity === 'error');
    const description = labelText(draftText(this.#written));
    const done: Item = { label: '$(check) Done', description, does: 'done' };
    const told: Item[] = [
      ...problems.map((problem) => ({
        label: `$(${problem.severity}) ${labelText(problemText(problem))}`,
        ...(problem.field !== this.field &&
          problem.field !== 'line' && { description: FIELDS[problem.field].name }),
      })),
      ...notesBeside(this.#check).map((note) => ({ label: `$(info) ${labelText(note)}` })),
    ];
    const completions = this.#completions.map((item): Item => ({
      label: `$(${ICONS[item.kind]}) ${labelText(item.text)}`,
      description: labelText(
        item.unavailable === undefined ? (item.type ?? '') : `${item.type ?? ''} · ${item.unavailable}`,
      ),
      ...(!this.#isLate && { does: { insert: item } }),
    }));
    const items = [
      ...(errors.length > 0 ? told : [done, ...told]),
      ...(completions.length > 0 ? [separator('Insert')] : []),
      ...completions,
      separator('More'),
      ...(errors.length > 0 ? [{ ...done, label: '$(check) Set It Nevertheless' }] : []),
      ...this.#ways(),
    ].map((item) => ({ ...item, alwaysShow: true }));
    return { active: items[0], items };
  }

  /** To the other fields. */
  #ways(): Item[] {
    const { extras } = this.#written;
    const texts = (Object.keys(FIELDS) as TextField[]).filter((field) => field !== this.field);
    return [
      ...texts.map((field): Item => ({
        label: `$(${FIELDS[field].icon}) ${FIELDS[field].name}...`,
        description: labelText(this.#draft[field]),
        does: { goTo: field },
      })),
      ...(Object.keys(LIMITS) as LimitName[]).map((name): Item => ({
        label: `$(${LIMITS[name].icon}) ${LIMITS[name].name}...`,
        description: limitOf(extras, name)?.toString() ?? '',
        does: { goTo: name },
      })),
      extras.mode === 'count'
        ? { label: '$(list-tree) Values Again', description: 'not the count alone', does: 'values' }
        : { label: '$(symbol-number) Count Only', description: 'no values', does: 'count' },
    ];
  }
}

const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });

/** The notes that no problem has told already. */
const notesBeside = (check: CheckResponseBody | undefined): string[] =>
  (check?.notes ?? []).filter((note) => !check!.problems.some(({ message }) => message === note));

async function askLimit(place: FormPlace, draft: Draft, name: LimitName): Promise<Step | undefined> {
  const text = await vscode.window.showInputBox({
    title: `${place.title}: ${LIMITS[name].name}`,
    prompt: `${LIMITS[name].hint} Empty: no such limit.`,
    value: limitOf(draft.extras, name)?.toString() ?? '',
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^\s*([1-9]\d{0,14})?\s*$/.test(value) ? undefined : 'A whole number, 1 or more, or nothing.',
  });
  if (text === undefined) return undefined;
  const limit = text.trim() === '' ? undefined : Number(text);
  const extras = withLimit(draft.extras, name, limit);
  return { draft: { ...draft, extras }, next: 'logMessage' };
}
