/** The environment as names and values; what every configuration is parsed from. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** This process's environment. The only place in the project that reads it. */
export const environment: Environment = process.env;
