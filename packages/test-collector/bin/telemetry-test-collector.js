#!/usr/bin/env node
// Not in dist, so that the link to it can be made before the first build.
await import('../dist/command/main.js');
