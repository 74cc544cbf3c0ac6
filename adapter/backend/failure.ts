import { AssemblyError } from '../bpf/assembler';
import { missingFeature } from '../bpf/features';
import { VerifierError } from '../bpf/verifierError';
import type { Plan } from '../capture/plan';
import type { System } from '../sys/system';
import { SystemError } from '../sys/systemError';
import { BackendError, type BackendFailure } from './backend';
import { InvalidPlan } from './checkPlan';

/** Says of any error that putting a plan's probes in can end with why that is so. */
export function backendError(error: unknown, plan: Plan, system: System): unknown {
  const failure = failureOf(error, plan, system);
  return failure ? new BackendError(failure) : error;
}

/** As above, of what has no plan. */
export function refusal(error: unknown): unknown {
  if (error instanceof SystemError)
    return new BackendError({ code: 'system', call: error.call, errno: error.errno });
  if (error instanceof VerifierError)
    return new BackendError({ code: 'system', call: 'bpf(PROG_LOAD)', errno: error.errno });
  return error;
}

function failureOf(error: unknown, plan: Plan, system: System): BackendFailure | undefined {
  // Our own checks and the kernel's are the same to whoever made the plan.
  if (error instanceof InvalidPlan || error instanceof AssemblyError)
    return { code: 'verifier', summary: error.message, instruction: undefined, log: '' };
  if (error instanceof VerifierError) {
    const feature = missingFeature(system);
    const { summary, instruction, log } = error;
    return feature ? { code: 'noFeature', feature } : { code: 'verifier', summary, instruction, log };
  }
  return error instanceof SystemError ? systemFailure(error, plan, system) : undefined;
}

function systemFailure({ call, errno }: SystemError, plan: Plan, system: System): BackendFailure {
  const other = { code: 'system', call, errno } as const;
  switch (errno) {
    case 'EPERM': {
      const missing = missingCapabilities(system.effectiveCapabilities());
      return call.startsWith('bpf') && missing.length > 0 ? { code: 'noPrivilege', missing } : other;
    }
    case 'ESRCH':
      return { code: 'noSuchProcess', pid: plan.pid };
    case 'ENOENT':
    case 'ENOTDIR':
      return { code: 'noSuchFile', path: plan.path };
    case 'EINVAL':
    case 'ENOSYS':
    case 'ENOTSUPP':
    case 'EOPNOTSUPP': {
      const feature = missingFeature(system);
      return feature ? { code: 'noFeature', feature } : other;
    }
    default:
      return other;
  }
}

/** Bits of linux/capability.h. */
const CAP_SYS_ADMIN = 21n;
const NEEDED = { CAP_PERFMON: 38n, CAP_BPF: 39n } as const;

function missingCapabilities(effective: bigint): string[] {
  const has = (bit: bigint): boolean => ((effective >> bit) & 1n) === 1n;
  return has(CAP_SYS_ADMIN) ? [] : Object.entries(NEEDED).flatMap(([name, bit]) => (has(bit) ? [] : [name]));
}
