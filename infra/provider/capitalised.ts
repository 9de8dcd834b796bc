/** A name as constructs and alarms have it: `enricher` is `Enricher`. */
export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
