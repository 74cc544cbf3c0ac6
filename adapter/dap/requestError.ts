/** Why a request is refused, in words that are sent to the client as they are. */
export class RequestError extends Error {}
