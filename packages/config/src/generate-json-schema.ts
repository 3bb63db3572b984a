import * as z from 'zod/mini';

import { settings, type Setting } from './define-settings.ts';
import { kebabCase } from './name-key.ts';

/** JsonSchema is a JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** generateJsonSchema describes the TOML file for editors: draft 7, which TOML editors know. */
export function generateJsonSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of @pqcnet/telemetry',
    ...table({ telemetry: telemetryTable() }, undefined),
    required: ['telemetry'],
  };
}

function telemetryTable(): JsonSchema {
  const { scalars, tls, tables, metric, ...entries } = settings();
  const { certFile, keyFile } = { certFile: kebabCase('certFile'), keyFile: kebabCase('keyFile') };
  return table(
    {
      ...members(scalars),
      labels: dictionary(entries.labelKey, value(entries.label), tables.labels),
      headers: dictionary(entries.headerName, value(entries.header), tables.headers),
      tls: {
        ...table(members(tls), tables.tls),
        dependencies: { [certFile]: [keyFile], [keyFile]: [certFile] },
      },
      metrics: dictionary(entries.metricName, table(members(metric), undefined), tables.metrics),
    },
    'Telemetry of this process. Every key is optional.',
  );
}

function members(definitions: object): Record<string, JsonSchema> {
  const entries = Object.entries<Setting<unknown>>({ ...definitions });
  return Object.fromEntries(entries.map(([name, setting]) => [kebabCase(name), value(setting)]));
}

function value<T>(setting: Setting<T>): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(setting.schema, { target: 'draft-07', io: 'input' });
  const fallback = setting.fallback === undefined ? {} : { default: setting.fallback };
  return { description: setting.description, ...schema, ...fallback };
}

function table(properties: Record<string, JsonSchema>, description: string | undefined): JsonSchema {
  return { ...(description && { description }), type: 'object', properties, additionalProperties: false };
}

function dictionary(key: Setting<string>, entry: JsonSchema, description: string): JsonSchema {
  const { type: _, description: __, ...propertyNames } = value(key);
  return { description, type: 'object', propertyNames, additionalProperties: entry };
}
