import type { CaptureGap } from './captured';

/** Ends the evaluation of a location from any depth; `evaluateLocation` makes a gap of it. */
export class Stop extends Error {
  constructor(readonly reason: CaptureGap) {
    super(reason.code);
  }
}

export const undecodable = (detail: string): Stop => new Stop({ code: 'undecodable', detail });
export const unsupported = (operation: string): Stop => new Stop({ code: 'unsupportedOperation', operation });
