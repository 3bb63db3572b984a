import { expect, test } from 'vitest';
import { decodeJson } from './decode-json.ts';

const point = (fields: string): unknown => decodeJson('NumberDataPoint', `{${fields}}`);

test.each([
  ['a decimal string', '"asInt":"9223372036854775807"', 2n ** 63n - 1n],
  ['a number', '"asInt":-5', -5n],
  ['a number past 2^53, exactly', '"asInt": 9007199254740993', 9_007_199_254_740_993n],
  ['the smallest', '"asInt":-9223372036854775808', -(2n ** 63n)],
])('reads a 64-bit integer from %s', (_, text, value) => {
  expect(point(text)).toHaveProperty('asInt', value);
});

test.each([
  ['a number', '1.5', 1.5],
  ['a large whole number', '123456789012345678', 123_456_789_012_345_680],
  ['"NaN"', '"NaN"', Number.NaN],
  ['"-Infinity"', '"-Infinity"', Number.NEGATIVE_INFINITY],
])('reads a double from %s', (_, text, value) => {
  expect(point(`"asDouble":${text}`)).toHaveProperty('asDouble', value);
});

test('ignores keys it does not know and takes null as absent', () => {
  const decoded = decodeJson('Metric', '{"name":"x","hologram":{},"unit":null,"__proto__":{"name":"y"}}');
  expect(decoded).toEqual({ name: 'x', description: '', unit: '', metadata: [] });
});

test('reads ids from hex and other bytes from base64', () => {
  expect(decodeJson('SpanLink', '{"traceId":"5B8EFFF7"}')).toHaveProperty('traceId', '5b8efff7');
  expect(decodeJson('AnyValue', '{"bytesValue":"AQI="}')).toEqual({ bytesValue: Uint8Array.of(1, 2) });
});

test.each([
  ['text that is not JSON', 'Sum', '{', /JSON/],
  ['a list as the body', 'Sum', '[]', 'the body: expected an object, found []'],
  [
    'an enum by name',
    'Sum',
    '{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA"}',
    /aggregationTemporality: expected an enum as an integer/,
  ],
  [
    'an integer out of range',
    'NumberDataPoint',
    '{"asInt":"9223372036854775808"}',
    /asInt: expected an integer from/,
  ],
  [
    'a negative unsigned one',
    'NumberDataPoint',
    '{"timeUnixNano":"-1"}',
    /timeUnixNano: expected an integer from 0/,
  ],
  ['a fraction', 'NumberDataPoint', '{"asInt":1.5}', 'found 1.5'],
  ['an id in base64', 'SpanLink', '{"traceId":"W47/9w=="}', /traceId: expected a hex string/],
  [
    'two members of a oneof',
    'NumberDataPoint',
    '{"asInt":"1","asDouble":1}',
    'only one of asInt and asDouble',
  ],
  ['an object for a list', 'Sum', '{"dataPoints":{}}', 'dataPoints: expected an array, found {}'],
  ['null in a list', 'Sum', '{"dataPoints":[null]}', 'dataPoints[0]: expected an object, found null'],
  [
    'a number for a string',
    'Sum',
    '{"dataPoints":[{},{"attributes":[{"key":1}]}]}',
    'dataPoints[1].attributes[0].key: expected a string, found 1',
  ],
])('refuses %s, telling where', (_, type, text, message) => {
  expect(() => decodeJson(type, text)).toThrow(message);
});

test('refuses values that are nested too deep', () => {
  const text = '{"arrayValue":{"values":['.repeat(2000) + ']}}'.repeat(2000);
  expect(() => decodeJson('AnyValue', text)).toThrow('nested more than 100');
});
