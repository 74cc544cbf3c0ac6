/** The arguments make no sense: exit status 2, with the usage. */
export class UsageError extends Error {}

const WHERE = `WHERE is FILE:LINE, FILE:LINE:COLUMN (one statement of several), FILE (all of its lines), FUNCTION, or *0xADDRESS (link-time).`;

const USAGE: Readonly<Record<string, string>> = {
  lines: `sourcetap lines [WHERE] (--program P | --pid N) [--json]
    Where lines are in the machine code, and whether a probe can go there. Reads files only.
    Without WHERE: every line of the program.
`,
  vars: `sourcetap vars WHERE (--program P | --pid N) [--json]
    What can be captured there, and what not, and why. Reads files only.
`,
  trace: `sourcetap trace WHERE... TARGET [--log MESSAGE] [--if CONDITION] [--hits COUNT] [--count] [--rate N]
                    [--max-hits N] [--sample N] [--changed EXPR] [--duration S] [--ring SIZE]
                    [--pending] [--json]
    Shows the values that lines run with, and how often they run, without stopping the program.
    TARGET          --program P [-- ARGS]  launches P
                    --pid N                traces a running process
                    --all P                traces every process of P, now and later
    --log MESSAGE   what to show at a hit, with expressions in braces: 'n={n} name={p->name}'
                    (without it: all arguments and locals)
    --if CONDITION  only hits where this expression is true: 'p && p->n > 3'
    --hits COUNT    of these only some: N or =N (the Nth), >N, >=N, <N, <=N, %N (every Nth)
    --changed EXPR  only hits where it has another value than at the hit before
    --sample N      only every Nth
    --rate N        at most N hits a second
    --max-hits N    at most N hits; ends when all tracepoints have theirs
    --ring SIZE     of the buffer that hits go through, such as 64K or 32M; when it is full they are counted as lost
    --count         counts hits, shows none
    --duration S    ends after S seconds
    --pending       waits for libraries that are loaded later
    --json          one JSON object per line on stdout; the program's own output goes to stderr
`,
  count: `sourcetap count [FILE|FUNCTION...] TARGET [--duration S] [--annotate] [--json]
    How often each line of files or functions runs; of the whole program where none is given. TARGET as for trace.
    --annotate      the source, with the counts beside its lines
    --duration S    ends after S seconds
    --json          one JSON object per line of each function on stdout; the program's own output goes to stderr
`,
  dap: `sourcetap dap
    The debug adapter (Debug Adapter Protocol) on stdio.
`,
};

/** Of one command, or of all. */
export function usage(command?: string): string {
  const one = command === undefined ? undefined : USAGE[command];
  const text = one ?? Object.values(USAGE).join('\n');
  return `usage:\n${text}${command !== undefined && WITHOUT_WHERE.has(command) ? '' : `\n${WHERE}\n`}`;
}

const WITHOUT_WHERE: ReadonlySet<string> = new Set(['count', 'dap']);
