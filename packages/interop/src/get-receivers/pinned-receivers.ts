import { readFileSync } from 'node:fs';

/** PinnedReceiver is a receiver's program at one version, and how the Go tool makes it. */
export interface PinnedReceiver {
  readonly name: 'otelcol' | 'prometheus' | 'victoria-metrics';
  readonly title: string;
  readonly version: string;
  readonly recipe: GoCommandRecipe | CollectorRecipe;
}

/** GoCommandRecipe: a command of a Go module, checked by Go's checksum database. */
export interface GoCommandRecipe {
  readonly kind: 'go-command';
  readonly package: string;
  readonly moduleVersion: string;
  readonly tags?: string;
  readonly linkerFlags: string;
}

/**
 * CollectorRecipe: sources written by the Collector's builder from its manifest, compiled with the versions and checksums of
 * a go.mod and go.sum.
 */
export interface CollectorRecipe {
  readonly kind: 'collector';
  readonly builder: string;
  readonly manifest: string;
  readonly goMod: string;
  readonly goSum: string;
}

/** pinnedReceivers are the receivers of the suite. */
export const pinnedReceivers: readonly PinnedReceiver[] = [
  {
    name: 'victoria-metrics',
    title: 'VictoriaMetrics',
    version: '1.151.0',
    recipe: {
      kind: 'go-command',
      package: 'github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics',
      moduleVersion: 'v1.151.0',
      linkerFlags: '-s -w -X github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version=v1.151.0',
    },
  },
  {
    name: 'otelcol',
    title: 'OpenTelemetry Collector',
    version: '0.155.0',
    recipe: {
      kind: 'collector',
      builder: 'go.opentelemetry.io/collector/cmd/builder@v0.155.0',
      manifest: readBuildFile('builder.yaml'),
      goMod: readBuildFile('go.mod'),
      goSum: readBuildFile('go.sum'),
    },
  },
  {
    name: 'prometheus',
    title: 'Prometheus',
    version: '3.16.0',
    recipe: {
      kind: 'go-command',
      package: 'github.com/prometheus/prometheus/cmd/prometheus',
      // Go modules number Prometheus 3.16.0 so.
      moduleVersion: 'v0.316.0',
      // Service discovery takes most of the time to build, and isn't needed to receive.
      tags: 'remove_all_sd',
      linkerFlags: '-s -w -X github.com/prometheus/common/version.Version=3.16.0',
    },
  },
];

function readBuildFile(name: string): string {
  return readFileSync(new URL(`../../collector-build/${name}`, import.meta.url), 'utf8');
}
