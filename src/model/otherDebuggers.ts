/** Which files are those of other debuggers, whose breakpoints VS Code tells everybody. */
import { basename, extname } from 'node:path';

/** What is looked at of an extension's package.json. */
export interface Manifest {
  readonly contributes?: {
    readonly breakpoints?: readonly { readonly language: string }[];
    readonly languages?: readonly {
      readonly id: string;
      readonly extensions?: readonly string[];
      readonly filenames?: readonly string[];
    }[];
  };
}

export class OtherDebuggers {
  /** Languages that others have breakpoints in, and this extension has not. */
  readonly #languages: ReadonlySet<string>;
  /** By extension, with its dot, or by name. */
  readonly #languageOf: ReadonlyMap<string, string>;

  constructor(own: Manifest, others: readonly Manifest[]) {
    const ours = new Set(languagesOf(own));
    this.#languages = new Set(others.flatMap(languagesOf).filter((language) => !ours.has(language)));
    this.#languageOf = new Map(
      others
        .flatMap(({ contributes }) => contributes?.languages ?? [])
        .flatMap(({ id, extensions = [], filenames = [] }) =>
          [...extensions, ...filenames].map((name) => [name, id] as const),
        ),
    );
  }

  /** @param language that the editor has for the file, if it is open */
  have(path: string, language?: string): boolean {
    const found = language ?? this.#languageOf.get(basename(path)) ?? this.#languageOf.get(extname(path));
    return found !== undefined && this.#languages.has(found);
  }
}

const languagesOf = ({ contributes }: Manifest): string[] =>
  (contributes?.breakpoints ?? []).map(({ language }) => language);
