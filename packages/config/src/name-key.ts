/** KeyNaming turns a setting's camelCase name into the key of one form of the configuration. */
export type KeyNaming = (name: string) => string;

/** kebabCase names a key in the TOML file: `flushIntervalMs` is `flush-interval-ms`. */
export function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** camelCase names a key in code: as the settings are defined. */
export function camelCase(name: string): string {
  return name;
}
