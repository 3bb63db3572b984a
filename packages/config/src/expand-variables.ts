/** Environment is where variables are looked up: `process.env`, or an object made for a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Expanded is text with its variables put in, or what is wrong with it. */
export type Expanded =
  | { readonly ok: true; readonly text: string; readonly variables: readonly string[] }
  | { readonly ok: false; readonly expected: string };

/** readVariable gives a variable's value; one that is empty or blank counts as not set, as OpenTelemetry says. */
export function readVariable(environment: Environment, name: string): string | undefined {
  const value: unknown = environment[name];
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/**
 * expandVariables replaces each `${env:NAME}` by the variable's value, once: what a value holds is not expanded
 * again. `$${` stands for `${`. Anything else that starts with `${` is a mistake that would otherwise be sent as is.
 */
export function expandVariables(text: string, environment: Environment): Expanded {
  const faults: string[] = [];
  const variables: string[] = [];
  const expanded = text.replaceAll(
    /\$\$\{|\$\{([^}]*)\}?/g,
    (found: string, reference: string | undefined) => {
      if (reference === undefined) return '${';
      const name = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(reference)?.[1];
      if (name === undefined || !found.endsWith('}')) {
        faults.push('a reference written ${env:NAME}, or $${ for a literal ${');
        return '';
      }
      variables.push(name);
      const value = readVariable(environment, name);
      if (value === undefined)
        faults.push(`the environment variable ${name} to be set: it is missing or empty`);
      return value ?? '';
    },
  );
  if (faults.length > 0) return { ok: false, expected: [...new Set(faults)].join('; ') };
  return { ok: true, text: expanded, variables };
}
