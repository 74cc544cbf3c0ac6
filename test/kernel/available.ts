import { missingFeature } from '../../adapter/bpf/features';
import { linux } from '../../adapter/sys/linux';

/** Why tests that put real probes in cannot run here; undefined when they can. */
export function kernelGap(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'uprobes need Linux on x86-64';
  if (process.getuid?.() !== 0) return 'uprobes need root: run the tests by sudo';
  const missing = missingFeature(linux());
  return missing && `this kernel lacks ${missing}`;
}

/** For `before`: the tests are skipped, and say why, where they cannot run. */
export function needsKernel(this: Mocha.Context): void {
  const gap = kernelGap();
  if (gap === undefined) return;
  console.log(`skipped: ${gap}`);
  this.skip();
}
