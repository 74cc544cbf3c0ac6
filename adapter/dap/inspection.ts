/** Programs that are only looked at: what is known of lines without a target. */
import { LineSurvey } from '../engine/lineSurvey';
import { hasSource } from '../engine/sourceName';
import type { LineWhere } from '../engine/where';
import { namesUnchecked, sourceIsNewer } from '../messages';
import type { CheckResponseBody, Draft, InspectArguments, InspectedProgram, Limits } from '../protocol';
import { openProgram, type Module } from '../symbols/module';
import { SourceMap } from '../symbols/sourceMap';
import { SymbolError } from '../symbols/symbolError';
import { identityOf, modifiedAt } from '../sys/file';
import { SystemError } from '../sys/systemError';
import type { Informant } from './informant';
import { check } from './inquiries';
import { DEFAULT_LIMITS } from './openTarget';
import type { LineSource } from './probeableLines';
import { RequestError } from './requestError';

export class Inspection implements Informant {
  /** By all that is said of them, in their order. */
  private files = new Map<string, ProgramFile>();

  /** In place of those before; what is already read of the same ones is kept. @throws RequestError */
  inspect(programs: InspectArguments['programs']): void {
    if (!isListOfPrograms(programs))
      throw new RequestError('"programs" is a list of programs, each with its path as "program".');
    const before = this.files;
    const keyed = programs.map((one) => [JSON.stringify(one), one] as const);
    this.files = new Map(keyed.map(([key, one]) => [key, before.get(key) ?? new ProgramFile(one)]));
    for (const [key, file] of before) if (!this.files.has(key)) file.close();
  }

  lineSource(path: string): LineSource | undefined {
    return this.programOf(path)?.source;
  }

  check(where: LineWhere, draft: Draft): CheckResponseBody {
    const found = this.programOf(where.file);
    if (!found) return checkSyntax(where, draft);
    const { module, source, limits } = found;
    const target = { modules: source.modules, program: module, sourceMap: source.sourceMap, pid: 0 };
    const body = check(where, draft, limits, target);
    if ((modifiedAt(where.file) ?? 0) <= module.modifiedAt) return body;
    return { ...body, notes: [...body.notes, sourceIsNewer(where.file, module.path)] };
  }

  close(): void {
    for (const file of this.files.values()) file.close();
  }

  /** The first that has code of the file. */
  private programOf(path: string): OpenProgram | undefined {
    for (const file of this.files.values()) {
      const program = file.look();
      if (program && hasSource(program.source.modules, program.source.sourceMap, path)) return program;
    }
    return undefined;
  }
}

/** A client may send anything. */
const isListOfPrograms = (programs: unknown): boolean =>
  Array.isArray(programs) &&
  programs.every((one: Partial<InspectedProgram> | null) => typeof one?.program === 'string');

/** What needs no program. */
function checkSyntax(where: LineWhere, draft: Draft): CheckResponseBody {
  const target = { modules: [], program: undefined, sourceMap: new SourceMap(), pid: 0 };
  const { problems } = check(where, draft, DEFAULT_LIMITS, target);
  return {
    problems: problems.filter(({ field }) => field !== 'line'),
    notes: [namesUnchecked(where.file)],
    sites: 0,
  };
}

interface OpenProgram {
  /** Of the file that it was read from. */
  readonly identity: string;
  readonly module: Module;
  readonly source: LineSource;
  readonly limits: Limits;
}

/** A file that has a program now and then. */
class ProgramFile {
  private program: OpenProgram | undefined;

  constructor(private readonly wanted: InspectedProgram) {}

  /** As it is now: one that was built anew is read anew. Undefined where there is none that can be read. */
  look(): OpenProgram | undefined {
    try {
      const identity = identityOf(this.wanted.program);
      if (this.program?.identity !== identity) {
        this.close();
        if (identity !== undefined) this.program = opened(this.wanted, identity);
      }
    } catch (error) {
      if (!(error instanceof SymbolError || error instanceof SystemError)) throw error;
    }
    return this.program;
  }

  close(): void {
    this.program?.module.close();
    this.program = undefined;
  }
}

/** @throws SymbolError */
function opened(
  { program, sourceFileMap, symbolSearchPath, limits }: InspectedProgram,
  identity: string,
): OpenProgram {
  const module = openProgram(program, symbolSearchPath);
  const sourceMap = new SourceMap(sourceFileMap);
  const source = { survey: new LineSurvey(sourceMap), modules: [module], sourceMap };
  return { identity, module, source, limits: { ...DEFAULT_LIMITS, ...limits } };
}
