import { visibleLines } from '../inertText';
import { errorMessage } from '../messages';
import { ConfigurationError } from './configurationError';

/** Why a request is refused, in words that are sent to the client as they are. */
export class RequestError extends Error {}

/** Of anything that was thrown, for the client. */
export const refusalMessage = (error: unknown): string =>
  error instanceof RequestError || error instanceof ConfigurationError
    ? visibleLines(error.message)
    : errorMessage(error);
