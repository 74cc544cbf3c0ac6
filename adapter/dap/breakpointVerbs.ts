/** The verbs that set tracepoints, change them, and count lines. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { parseWhere, type Where } from '../engine/where';
import {
  CONFIGURE_REQUEST,
  COUNT_REQUEST,
  COUNT_STOP_REQUEST,
  PRESET_REQUEST,
  RESET_REQUEST,
  type ConfigureArguments,
  type CountArguments,
  type Preset,
  type ResetArguments,
} from '../protocol';
import { FUNCTIONS, type WantedBreakpoint } from './breakpointBook';
import type { Conversation } from './conversation';
import { wrongNumbers } from './limitNumbers';
import { FIRST, wrongPlace } from './positions';
import { RequestError } from './requestError';

export const breakpointVerbs = (session: Conversation) => {
  const breakpointsOut = (breakpoints: readonly DebugProtocol.Breakpoint[]): DebugProtocol.Breakpoint[] =>
    breakpoints.map((one) => session.positions.out(one));
  return {
    setBreakpoints: async (args: DebugProtocol.SetBreakpointsArguments) => {
      const { path } = args.source;
      const trace = await session.begun;
      const asked = args.breakpoints ?? [];
      if (path === undefined) throw new RequestError('The source has no path.');
      const wanted = asked.map((one) => wantedAt(session.positions.lineIn(path, one), one));
      return { breakpoints: breakpointsOut(await trace.setBreakpoints(path, wanted, args.sourceModified)) };
    },
    setFunctionBreakpoints: async (args: DebugProtocol.SetFunctionBreakpointsArguments) => {
      const trace = await session.begun;
      const wanted = args.breakpoints.map(wantedFunction);
      return { breakpoints: breakpointsOut(await trace.setBreakpoints(FUNCTIONS, wanted)) };
    },
    // Clients send this whatever the capabilities say.
    setExceptionBreakpoints: () => ({ breakpoints: [] }),
    [CONFIGURE_REQUEST]: async (args: ConfigureArguments) => {
      const wrong = wrongNumbers({ ...args.limits, ...args.filter });
      if (wrong !== undefined) throw new RequestError(wrong);
      if (!(await (await session.begun).configure(args)))
        throw new RequestError(`There is no tracepoint ${args.breakpointId}.`);
      return undefined;
    },
    [PRESET_REQUEST]: async (args: Preset) => {
      const wrong = wrongNumbers({ ...args.limits, ...args.filter });
      if (wrong !== undefined) throw new RequestError(wrong);
      (await session.begun).preset({ ...args, line: session.positions.line(args.line) });
      return undefined;
    },
    [RESET_REQUEST]: async ({ breakpointId }: ResetArguments) => {
      if (!(await session.begun).reset(breakpointId))
        throw new RequestError(`There is no tracepoint ${breakpointId}.`);
      return undefined;
    },
    [COUNT_REQUEST]: async (args: CountArguments) => {
      const { functionAt } = args;
      const at = functionAt && { ...functionAt, line: session.positions.lineOf(functionAt).line };
      const counting = await session.running.count({ ...args, ...(at && { functionAt: at }) });
      if ('refusal' in counting) throw new RequestError(counting.refusal);
      return counting;
    },
    [COUNT_STOP_REQUEST]: () => {
      session.running.stopCounting();
      return undefined;
    },
  };
};

function wantedAt(
  where: Where,
  {
    line = FIRST,
    column = FIRST,
    condition,
    hitCondition,
    logMessage,
  }: Partial<DebugProtocol.SourceBreakpoint>,
): WantedBreakpoint {
  return { where, logMessage, condition, hitCondition, refusal: wrongPlace({ line, column }) };
}

function wantedFunction(asked: DebugProtocol.FunctionBreakpoint): WantedBreakpoint {
  const where = asked.name.startsWith('*') ? parseWhere(asked.name) : undefined;
  const wanted = wantedAt(where ?? { kind: 'function', name: asked.name }, asked);
  return asked.name.startsWith('*') && !where
    ? { ...wanted, refusal: `${asked.name} is no address: write *0x and hexadecimal digits.` }
    : wanted;
}
