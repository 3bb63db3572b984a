#!/usr/bin/env node
// Not in dist, so that the link to it can be made before the first build.
// oxlint-disable-next-line no-restricted-imports
await import('../dist/command/main.js');
