/** As whom a launched program runs: as the user who called us through sudo or pkexec, never with our capabilities. */
import { execFileSync } from 'node:child_process';
import { effectiveCapabilities } from '../sys/process';

export interface CallerIdentity {
  /** Put before the program's command line. */
  readonly prefix: readonly string[];
  /** Variables that name the user. */
  readonly env: Readonly<Record<string, string>>;
}

export function callerIdentity(env: NodeJS.ProcessEnv, euid = process.geteuid?.()): CallerIdentity {
  const uid = env['SUDO_UID'] ?? env['PKEXEC_UID'];
  if (euid === 0) return uid !== undefined && /^\d+$/.test(uid) && uid !== '0' ? asUser(uid, env) : AS_CALLER;
  return effectiveCapabilities() === 0n
    ? AS_CALLER
    : { prefix: ['setpriv', ...NO_CAPABILITIES, '--'], env: {} };
}

/** setpriv(1) of util-linux, which every distribution has. */
function asUser(uid: string, env: NodeJS.ProcessEnv): CallerIdentity {
  const user = userDatabaseEntry(uid);
  const gid = user?.gid ?? env['SUDO_GID'] ?? uid;
  const groups = user ? '--init-groups' : '--clear-groups';
  return {
    prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, groups, ...NO_CAPABILITIES, '--'],
    env: user ? { USER: user.name, LOGNAME: user.name, HOME: user.home } : {},
  };
}

interface User {
  readonly name: string;
  readonly gid: string;
  readonly home: string;
}

/** passwd(5): name:password:uid:gid:comment:home:shell; undefined for a uid without an entry. */
function userDatabaseEntry(uid: string): User | undefined {
  try {
    const line = execFileSync('getent', ['passwd', uid], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [name, , , gid, , home] = line.trim().split(':');
    return name && gid && home ? { name, gid, home } : undefined;
  } catch {
    return undefined;
  }
}

const AS_CALLER: CallerIdentity = { prefix: [], env: {} };
const NO_CAPABILITIES = ['--inh-caps=-all', '--ambient-caps=-all'];
