/** Launch configurations: what F5 does without one, and what is refused before an adapter is started. */
import * as vscode from 'vscode';
import { isAbsolute, join } from 'node:path';
import type { ExtrasStore } from './extras';
import { mayProbe } from './privilegeSetting';
import { pickProcess } from './processPicker';
import { SESSION_TYPE } from './sessions';

export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  constructor(private readonly extras: ExtrasStore) {}

  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    return [
      {
        type: SESSION_TYPE,
        request: 'launch',
        name: 'Sourcetap: Launch',
        program: '${workspaceFolder}/program',
        args: [],
      },
      { type: SESSION_TYPE, request: 'attach', name: 'Sourcetap: Attach', pid: '${command:pickProcess}' },
    ];
  }

  /** F5 without launch.json comes as an empty configuration. */
  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: Partial<vscode.DebugConfiguration>,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (configuration.type !== undefined) return configuration as vscode.DebugConfiguration;
    return askWhat();
  }

  /** Undefined cancels the run, null also opens launch.json. */
  async resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined | null> {
    const lacking = whatIsLacking(configuration);
    if (lacking !== undefined) {
      await vscode.window.showErrorMessage(lacking, { modal: true });
      return null;
    }
    if (!(await mayProbe())) return undefined;
    return {
      ...configuration,
      ...absoluteProgram(folder, configuration),
      presets: this.extras.presets(),
    };
  }
}

async function askWhat(): Promise<vscode.DebugConfiguration | undefined> {
  const launch = { label: 'Launch a program…', description: 'and trace it from its first instruction' };
  const attach = { label: 'Attach to a running process…', description: 'without stopping it' };
  const choice = await vscode.window.showQuickPick([launch, attach], {
    placeHolder: 'What shall Sourcetap trace?',
  });
  if (choice === launch) {
    const [program] =
      (await vscode.window.showOpenDialog({ title: 'Program to Trace', openLabel: 'Trace' })) ?? [];
    return (
      program && { type: SESSION_TYPE, request: 'launch', name: 'Sourcetap: Launch', program: program.fsPath }
    );
  }
  if (choice === attach) {
    const pid = await pickProcess();
    return pid === undefined
      ? undefined
      : { type: SESSION_TYPE, request: 'attach', name: 'Sourcetap: Attach', pid };
  }
  return undefined;
}

function whatIsLacking({
  name,
  request,
  program,
  pid,
  processId,
}: vscode.DebugConfiguration): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return `Sourcetap traces programs on Linux on x86-64; VS Code's extensions run on ${process.platform} on ${process.arch} here.`;
  }
  if (request === 'launch' && !isText(program)) {
    return `The launch configuration "${name}" names no program: set "program" to the executable to run.`;
  }
  if (request === 'attach' && !isText(program) && !isPid(pid) && !isPid(processId)) {
    return (
      `The launch configuration "${name}" names no process: set "pid" to its number, its name or \${command:pickProcess}, ` +
      'or "program" to trace every process of that executable.'
    );
  }
  return undefined;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isPid = (value: unknown): boolean => isText(value) || typeof value === 'number';

/** A relative program is meant from the folder of launch.json, wherever the adapter runs. */
function absoluteProgram(
  folder: vscode.WorkspaceFolder | undefined,
  { program }: vscode.DebugConfiguration,
): { program?: string } {
  if (typeof program !== 'string' || program === '') return {};
  return { program: isAbsolute(program) || !folder ? program : join(folder.uri.fsPath, program) };
}
