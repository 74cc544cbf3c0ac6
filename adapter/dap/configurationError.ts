/** The configuration lacks something. The message is for the user. */
export class ConfigurationError extends Error {}
