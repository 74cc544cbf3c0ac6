import type { VirtualAddress } from '../elf/address';
import type { Register } from './register';

/** What the captures at a site read: a probe may only move over instructions that write none of it. */
export interface CaptureReads {
  readonly registers: ReadonlySet<Register>;
}

/** Where a probe for an address goes. */
export type Placement =
  | { readonly kind: 'here'; readonly address: VirtualAddress }
  /** Later in the same basic block: same count, same values. */
  | { readonly kind: 'moved'; readonly address: VirtualAddress }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** Why no probe may go to an address. `instruction` is its disassembly. */
export type RefusalReason =
  /** Linear decoding from the subprogram's start does not reach the address: it may be inside an instruction. */
  | { readonly code: 'notABoundary' }
  /** Decoding from the subprogram's start met bytes that are no instruction. */
  | { readonly code: 'undecodable'; readonly at: VirtualAddress }
  /** No subprogram with known bounds covers the address. */
  | { readonly code: 'noSubprogram' }
  | { readonly code: 'forbidden'; readonly class: ForbiddenClass; readonly instruction: string };

/** What the kernel refuses, or accepts and breaks. */
export type ForbiddenClass =
  | 'vector' // VEX, EVEX, XOP
  | 'lock'
  | 'segmentPrefix'
  | 'pushFlags'
  | 'trap' // int3, int, into, ud*, hlt, iret, syscall, sysenter
  | 'portIo'
  | 'privileged'
  | 'stackSegment'
  | 'longNop' // 5-byte nop anywhere but at a function's entry
  | 'virtualised' // cpuid: a hypervisor executes it, and may lose the single step after it
  | 'repeatedString' // rep movs and the like: each iteration would count
  | 'other';
