/** A synthesised template, as far as guards look at it. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
  readonly [section: string]: unknown;
}

/** One resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Something that a guard does not let pass. */
export interface Finding {
  /** Kebab-case, says what is wrong: `connectivity-at-creation`. */
  readonly guard: string;
  /** The resource's name in the template; empty for what is no resource. */
  readonly logicalId: string;
  /** What is wrong and what would be right, one sentence. */
  readonly message: string;
}

/** A rule over a whole template: pure, so that tests can plant a breach. */
export type Guard = (template: Template) => readonly Finding[];

/** The resources of a type, with their names. */
export function resourcesOf(
  template: Template,
  ...types: readonly string[]
): readonly (TemplateResource & { readonly logicalId: string })[] {
  return Object.entries(template.Resources ?? {})
    .filter(([, { Type }]) => types.includes(Type))
    .map(([logicalId, resource]) => ({ logicalId, ...resource }));
}

/** What stands at a path of keys; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null ? (inner as Readonly<Record<string, unknown>>)[key] : undefined,
    value,
  );
}

/** A list as it is, one thing as a list of one, nothing as none. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A guard that looks at each resource of some types by itself. */
export function eachOf(
  types: readonly string[],
  guard: string,
  fault: (properties: Readonly<Record<string, unknown>>, resource: TemplateResource) => string | null,
): Guard {
  return (template) =>
    resourcesOf(template, ...types).flatMap((resource) => {
      const message = fault(resource.Properties ?? {}, resource);
      return message === null ? [] : [{ guard, logicalId: resource.logicalId, message }];
    });
}
