/** Sample is a series' value at one time, as the query answers it. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** A number as text, in every digit that the receiver gives; `undefined` for a native histogram. */
  readonly value: string | undefined;
  readonly histogram: NativeHistogram | undefined;
}

/** NativeHistogram is one of Prometheus', as the query answers it. */
interface NativeHistogram {
  readonly count: string;
  readonly sum: string;
  /** Which of its ends a bucket includes (0: the upper, 1: the lower, 2: none, 3: both), the ends, the count. */
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

/** Series is a series' values over a range: times in milliseconds since the Unix epoch. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly { readonly unixMs: number; readonly value: number }[];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value?: readonly [number, string];
      readonly histogram?: readonly [number, NativeHistogram];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

/** PromQl asks a server over its HTTP API. */
export class PromQl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** query evaluates an expression at one time. */
  async query(expression: string, unixMs: number = Date.now()): Promise<readonly Sample[]> {
    const { data } = await this.#ask('query', { query: expression, time: String(unixMs / 1000) });
    return data.result.map(({ metric, value, histogram }) => {
      return { labels: metric, value: value?.[1], histogram: histogram?.[1] };
    });
  }

  /** value evaluates an expression that gives one series; `undefined` when it gives none. */
  async value(expression: string, unixMs?: number): Promise<number | undefined> {
    const samples = await this.query(expression, unixMs);
    if (samples.length > 1) throw new Error(`${expression} gives ${samples.length} series`);
    const [sample] = samples;
    return sample?.value === undefined ? undefined : Number(sample.value);
  }

  /** range evaluates an expression at many times. */
  async range(
    expression: string,
    times: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
  ): Promise<readonly Series[]> {
    const { data } = await this.#ask('query_range', {
      query: expression,
      start: String(times.fromMs / 1000),
      end: String(times.toMs / 1000),
      step: String(times.stepMs / 1000),
    });
    return data.result.map(({ metric, values = [] }) => {
      return {
        labels: metric,
        values: values.map(([at, value]) => ({ unixMs: at * 1000, value: Number(value) })),
      };
    });
  }

  async #ask(path: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
    const response = await fetch(`${this.#url}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ ...parameters, nocache: '1' }),
    });
    const answer = (await response.json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${parameters['query']}: ${answer.error}`);
    return answer;
  }
}
