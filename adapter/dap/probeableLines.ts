/** The answer to `sourcetap/lines`. */
import type { LineSurvey, SurveyedLine } from '../engine/lineSurvey';
import { refusalText } from '../messages';
import type { LineView } from '../protocol';
import type { Module } from '../symbols/module';
import type { SourceMap } from '../symbols/sourceMap';
import { breakpointLocations } from './breakpointLocations';

/** Where questions about lines are answered. */
export interface LineSource {
  readonly survey: LineSurvey;
  /** The program first. */
  readonly modules: readonly Module[];
  readonly sourceMap: SourceMap;
}

/** Lines from 1. */
export async function probeableLines(
  path: string,
  first: number,
  last: number,
  { survey, modules, sourceMap }: LineSource,
): Promise<LineView[]> {
  const range = {
    first: { line: first, column: 1 },
    last: { line: Math.min(last, first + MAX_LINES - 1), column: Infinity },
  };
  const places = breakpointLocations(path, range, modules, sourceMap);
  const lines = new Set(places.map(({ line }) => line));
  return (await survey.of(path, [...lines], modules)).map(lineView);
}

const lineView = ({ line, copies, refusal, optimisedOut }: SurveyedLine): LineView => ({
  line,
  copies,
  probeable: !refusal,
  ...(refusal && { reason: refusalText(refusal) }),
  ...(optimisedOut.length > 0 && { optimisedOut: [...optimisedOut] }),
});

/** Of one answer. */
const MAX_LINES = 200;
