import type { Attributes } from './attributes.ts';
import type {
  HistogramOptions,
  InstrumentOptions,
  LatencyOptions,
  ObserveOptions,
} from './handle-options.ts';
import type { Counter, Gauge, Histogram, Latency, UpDownCounter } from './instruments.ts';
import { mergeAttributes } from './record/merge-attributes.ts';
import type { Observed } from './record/observe.ts';
import type { Recording } from './recording.ts';
import type { Result } from './result.ts';
import type { TelemetryError } from './telemetry-error.ts';

/** ScopedRecording adds attributes to all that is recorded through it. */
export class ScopedRecording implements Recording {
  readonly #recording: Recording;
  readonly #attributes: Attributes;

  constructor(recording: Recording, attributes: Attributes) {
    this.#recording = recording;
    this.#attributes = attributes;
  }

  recordCounter(name: string, delta: number | bigint, attributes?: Attributes): Result<void, TelemetryError> {
    return this.#recording.recordCounter(name, delta, this.#merge(attributes));
  }

  recordLatencyMs(name: string, milliseconds: number, attributes?: Attributes): Result<void, TelemetryError> {
    return this.#recording.recordLatencyMs(name, milliseconds, this.#merge(attributes));
  }

  recordGauge(name: string, value: number, attributes?: Attributes): Result<void, TelemetryError> {
    return this.#recording.recordGauge(name, value, this.#merge(attributes));
  }

  counter(name: string, options?: InstrumentOptions): Counter {
    return this.#recording.counter(name, this.#mergeInto(options));
  }

  upDownCounter(name: string, options?: InstrumentOptions): UpDownCounter {
    return this.#recording.upDownCounter(name, this.#mergeInto(options));
  }

  latency(name: string, options?: LatencyOptions): Latency {
    return this.#recording.latency(name, this.#mergeInto(options));
  }

  histogram(name: string, options?: HistogramOptions): Histogram {
    return this.#recording.histogram(name, this.#mergeInto(options));
  }

  gauge(name: string, options?: InstrumentOptions): Gauge {
    return this.#recording.gauge(name, this.#mergeInto(options));
  }

  observe(name: string, observer: () => Observed, options?: ObserveOptions): () => void {
    return this.#recording.observe(name, observer, this.#mergeInto(options));
  }

  with(attributes: Attributes): Recording {
    return new ScopedRecording(this.#recording, this.#merge(attributes));
  }

  #merge(attributes: Attributes | undefined): Attributes {
    return attributes === undefined ? this.#attributes : mergeAttributes(this.#attributes, attributes);
  }

  #mergeInto<O extends { readonly attributes?: Attributes | undefined }>(options: O | undefined): O {
    return { ...options, attributes: this.#merge(options?.attributes) } as O;
  }
}
