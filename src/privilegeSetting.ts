/** The setting `sourcetap.privilege`, and what to do when it does not suffice. */
import * as vscode from 'vscode';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { childMayProbe, nodeCommand, type Privilege } from './model/privilege';

export function privilege(): Privilege {
  return vscode.workspace.getConfiguration('sourcetap').get<Privilege>('privilege', 'none');
}

/** Whether the adapter will get the privilege to probe; otherwise says what to do, and offers to do it. */
export async function mayProbe(): Promise<boolean> {
  const refusal = await refusals[privilege()]();
  if (refusal === undefined) return true;
  const ways = (['sudo', 'pkexec', 'none'] as const).filter((way) => way !== privilege());
  const labels = new Map(
    ways.map((way) => [way === 'none' ? 'Start It Directly' : `Start It Through ${way}`, way]),
  );
  // Not awaited: the run that was refused ends now, whatever is clicked, and whenever.
  void vscode.window.showErrorMessage(refusal, ...labels.keys()).then(async (label) => {
    const way = label === undefined ? undefined : labels.get(label);
    if (way === undefined) return;
    await vscode.workspace
      .getConfiguration('sourcetap')
      .update('privilege', way, vscode.ConfigurationTarget.Global);
  });
  return false;
}

const refusals = {
  none: async () =>
    childMayProbe(await readFile('/proc/self/status', 'utf8'))
      ? undefined
      : 'Sourcetap needs root, or the capabilities CAP_BPF and CAP_PERFMON, to attach probes, and VS Code has neither. ' +
        'Three ways: set "sourcetap.privilege" to "sudo" (passwordless `sudo -n`) or to "pkexec" (asks for the password), ' +
        'or start VS Code by a launcher with ambient capabilities: sudo setpriv --reuid $(id -u) --regid $(id -g) --init-groups ' +
        '--inh-caps +bpf,+perfmon --ambient-caps +bpf,+perfmon code .',
  sudo: async () =>
    (await runs('sudo'))
      ? undefined
      : 'Sourcetap cannot start its adapter through `sudo -n`: sudo is missing, or asks for a password. Allow it without one by a ' +
        `NOPASSWD rule for /usr/bin/env in sudoers, or use pkexec.`,
  pkexec: async () =>
    (await exists('pkexec'))
      ? undefined
      : 'Sourcetap cannot start its adapter through pkexec: there is no such program. Install the package pkexec (or policykit-1), or use sudo.',
} as const satisfies Record<Privilege, () => Promise<string | undefined>>;

/** Whether Node starts under a privilege that asks nobody. */
async function runs(way: 'sudo'): Promise<boolean> {
  const { command, args } = nodeCommand(way, process.execPath, ['--version']);
  return succeeds(command, args);
}

const exists = (program: string): Promise<boolean> => succeeds(program, ['--version']);

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command, args, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
