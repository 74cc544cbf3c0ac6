/** Programs whose debug information is held in different containers, compared in what they say. */
import { execFileSync } from 'node:child_process';
import { openProgram } from '../../../adapter/symbols/module';
import { typeName } from '../../../adapter/dwarf/typeName';

/** Is a tool of this name installed? */
export function installed(tool: string): boolean {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Every statement of a program, and the variables there with types, members and locations, as lines of text. */
export function described(path: string, symbolSearchPath: readonly string[] = []): string[] {
  const program = openProgram(path, symbolSearchPath);
  try {
    const { lines, info } = program.debug!;
    return [...lines.statements()].flatMap(({ address, file, line }) => {
      const context = info.contextAt(address);
      const variables = context?.locals().map(({ name, type, location }) => {
        const members = type.kind === 'struct' ? type.members.map((member) => member.name).join() : '';
        return `  ${name}: ${typeName(type)} {${members}} ${plain(location)}`;
      });
      return [
        `${file}:${String(line)} 0x${address.toString(16)} ${context?.scope.name ?? ''}`,
        ...(variables ?? []),
      ];
    });
  } finally {
    program.close();
  }
}

const plain = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
