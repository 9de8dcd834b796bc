/** Prints one figure of the bench. */
export function report(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(56)} ${figure}\n`);
}
