/** Launch configurations: what F5 does without one, and what is refused before an adapter is started. */
import * as vscode from 'vscode';
import { basename, isAbsolute, join, relative } from 'node:path';
import type { LaunchArguments } from '../adapter/protocol';
import { inFolders } from './knownPrograms';
import { labelText } from './model/markup';
import { findPrograms } from './model/programSearch';
import { mayProbe } from './privilegeSetting';
import { pickNamed, pickProcess } from './processPicker';
import { SESSION_TYPE } from './sessions';

export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  /** Of a new launch.json: with the newest program of the folder, if there is one. */
  async provideDebugConfigurations(
    folder: vscode.WorkspaceFolder | undefined,
  ): Promise<vscode.DebugConfiguration[]> {
    const [newest] = folder ? await findPrograms(folder.uri.fsPath) : [];
    const program = newest === undefined ? 'program' : relative(folder!.uri.fsPath, newest);
    return [
      {
        type: SESSION_TYPE,
        request: 'launch',
        name: 'Sourcetap: Launch',
        program: `\${workspaceFolder}/${program}`,
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
    const process = await oneProcess(configuration);
    return (
      process && {
        ...configuration,
        ...process,
        ...fromFolder(folder, configuration),
        limits: { ...limitsOf(folder), ...(configuration['limits'] as object | undefined) },
      }
    );
  }
}

/** What the settings have for all launch configurations. */
const limitsOf = (folder: vscode.WorkspaceFolder | undefined): object =>
  vscode.workspace.getConfiguration('sourcetap', folder).get<object>('limits', {});

interface Offer extends vscode.QuickPickItem {
  /** Undefined where that was given up. */
  readonly configuration?: () => Promise<vscode.DebugConfiguration | undefined>;
}

async function askWhat(): Promise<vscode.DebugConfiguration | undefined> {
  const choice = await vscode.window.showQuickPick(offers(), {
    placeHolder: 'What shall Sourcetap trace?',
    matchOnDescription: true,
  });
  return choice?.configuration?.();
}

/** The programs in the open folders that were built with debug information, the newest first, and what is always there. */
async function offers(): Promise<Offer[]> {
  const programs = (await inFolders(findPrograms)).map((program): Offer => {
    const label = labelText(basename(program));
    const description = labelText(vscode.workspace.asRelativePath(program));
    return { label, description, configuration: () => Promise.resolve(launch(program)) };
  });
  return [
    ...programs,
    ...(programs.length > 0 ? [{ label: '', kind: vscode.QuickPickItemKind.Separator }] : []),
    {
      label: 'Choose a program…',
      description: 'and trace it from its first instruction',
      configuration: chooseProgram,
    },
    {
      label: 'Attach to a running process…',
      description: 'without stopping it',
      configuration: chooseProcess,
    },
  ];
}

const launch = (program: string): vscode.DebugConfiguration => ({
  type: SESSION_TYPE,
  request: 'launch',
  name: `Sourcetap: ${basename(program)}`,
  program,
});

async function chooseProgram(): Promise<vscode.DebugConfiguration | undefined> {
  const options = { title: 'Program to Trace', openLabel: 'Trace' };
  const [program] = (await vscode.window.showOpenDialog(options)) ?? [];
  return program && launch(program.fsPath);
}

async function chooseProcess(): Promise<vscode.DebugConfiguration | undefined> {
  const pid = await pickProcess();
  if (pid === undefined) return undefined;
  return { type: SESSION_TYPE, request: 'attach', name: `Sourcetap: process ${pid}`, pid };
}

/** Of several processes with the name that is in the configuration, one is chosen. Undefined: none was. */
async function oneProcess({
  request,
  pid,
  processId,
}: vscode.DebugConfiguration): Promise<{ pid?: string } | undefined> {
  const name: unknown = isPid(pid) ? pid : processId;
  if (request !== 'attach' || typeof name !== 'string' || name === '' || /^\d+$/.test(name)) return {};
  const chosen = await pickNamed(name);
  return chosen === undefined ? undefined : { pid: chosen };
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

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isPid = (value: unknown): boolean => isText(value) || typeof value === 'number';

/** Relative paths are meant from the folder of launch.json, wherever the adapter runs, and a program runs there. */
function fromFolder(
  folder: vscode.WorkspaceFolder | undefined,
  { request, program, envFile, cwd, symbolSearchPath, sourceFileMap }: vscode.DebugConfiguration,
): Pick<Partial<LaunchArguments>, 'program' | 'envFile' | 'cwd' | 'symbolSearchPath' | 'sourceFileMap'> {
  const root = folder?.uri.fsPath ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (root === undefined) return {};
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  return {
    ...(isText(program) && { program: absolute(program) }),
    ...(isText(envFile) && { envFile: absolute(envFile) }),
    ...(request === 'launch' && { cwd: isText(cwd) ? absolute(cwd) : root }),
    ...(Array.isArray(symbolSearchPath) && {
      symbolSearchPath: symbolSearchPath.map((one) => (isText(one) ? absolute(one) : (one as string))),
    }),
    ...(isMap(sourceFileMap) && {
      sourceFileMap: Object.fromEntries(
        Object.entries(sourceFileMap).map(([debug, here]) => [
          debug,
          isText(here) ? absolute(here) : (here as string),
        ]),
      ),
    }),
  };
}
