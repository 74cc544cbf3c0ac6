/**
 * The file that `envFile` of a launch configuration names. A line is empty, a comment from `#` on, or
 *
 *     [export] NAME=value          # from blank and # on, a comment
 *     NAME='as it is'
 *     NAME="with \n, \r, \t, \", \\ and \$"
 *
 * Nothing in a value is expanded. Of a name that comes twice the last value counts.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigurationError } from './configurationError';

/** @throws ConfigurationError */
export function readEnvironmentFile(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message;
    throw new ConfigurationError(`The file of "envFile" cannot be read: ${resolve(path)}: ${why}.`);
  }
  return parseEnvironment(text, path);
}

/**
 * @param path for what is said of a bad line; its text is not told, as such files hold secrets
 * @throws ConfigurationError
 */
export function parseEnvironment(text: string, path: string): Record<string, string> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return Object.fromEntries(
    lines.flatMap((line, index) => {
      if (/^\s*(#|$)/.test(line)) return [];
      const variable = variableOf(line);
      if (variable) return [variable];
      throw new ConfigurationError(
        `${path}:${index + 1} is not NAME=value: a value that begins with a quote ends with it, on the same line, and only a comment may follow.`,
      );
    }),
  );
}

function variableOf(line: string): [name: string, value: string] | undefined {
  const match = LINE.exec(line);
  if (!match || line.includes('\0')) return undefined;
  const { name, single, double, plain = '' } = match.groups as Record<string, string | undefined>;
  const value =
    single ?? double?.replaceAll(/\\([nrt"\\$])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
  return [name!, value ?? plain];
}

const LINE =
  /^\s*(?:export\s+)?(?<name>[^\s=#'"]+)\s*=\s*(?:'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|(?<plain>(?!['"#])\S+(?:\s+(?!#)\S+)*)?)\s*(?:(?<=[\s'"=])#.*)?$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'the permission is missing',
  EISDIR: 'it is a directory',
};
