import type { Recording } from '../recording.ts';

/** How many steps go by before a series of its own begins in each metric. */
const stepsPerSeries = 60;

/** So many there are at the most, less than the limit of a metric. */
const mostSeries = 301;

/**
 * threadSteps gives a function that records step after step the same things for every recorder: all kinds, by name and
 * bound, new series again and again, numbers beyond 2^53. All sums are exact, whatever order they are made in.
 */
export function threadSteps(recording: Recording): (step: number) => boolean {
  const wide = recording.counter('wide.counter', { unit: '{unit}' });
  let series = -1;
  let bound = bindAll(recording, 0);
  return (step) => {
    const next = Math.floor(step / stepsPerSeries) % mostSeries;
    if (next !== series) {
      series = next;
      bound = bindAll(recording, series);
    }
    const attributes = { series: series % 7, 'is.odd': series % 2 === 1 };
    switch (step % 8) {
      case 0:
        return recording.recordCounter('by.name.counter', step % 5, attributes).ok;
      case 1:
        return bound.counter.add(1).ok;
      case 2:
        return recording.recordLatencyMs('by.name.latency', (step % 1000) / 8, attributes).ok;
      case 3:
        return bound.latency.record((step % 4096) / 16).ok;
      case 4:
        return bound.histogram.record((step % 300) - 150).ok;
      case 5:
        return bound.upDown.add(step % 2 === 0 ? -3 : 2).ok;
      case 6:
        return step % 16 === 6
          ? wide.add(2n ** 45n + 1n).ok
          : recording.recordGauge('gauge', 7, attributes).ok;
      default:
        return recording.with({ from: 'scope' }).recordCounter('scoped', 2, { step: step % 3 }).ok;
    }
  };
}

function bindAll(recording: Recording, series: number) {
  const attributes = { series, key: `«${series}»`, big: 2n ** 60n + BigInt(series) };
  return {
    counter: recording.counter('bound.counter', { attributes }),
    latency: recording.latency('bound.latency', { attributes }),
    histogram: recording.histogram('bound.histogram', { attributes, unit: 'By' }),
    upDown: recording.upDownCounter('bound.up.down', { attributes }),
  };
}
