import { describe, expect, it } from 'vitest';
import { type PinnedReceiver, pinnedReceivers } from './pinned-receivers.ts';
import { cacheFolder, receiverPath } from './receiver-path.ts';

const [receiver] = pinnedReceivers as [PinnedReceiver];

describe('the folder of the cache', () => {
  it.each([
    ['PQCNET_INTEROP_CACHE, before all else', { PQCNET_INTEROP_CACHE: '/a', XDG_CACHE_HOME: '/b' }, '/a'],
    ['in XDG_CACHE_HOME', { PQCNET_INTEROP_CACHE: '', XDG_CACHE_HOME: '/b' }, '/b/pqcnet-interop'],
  ])('is %s', (_, environment, folder) => {
    expect(cacheFolder(environment)).toBe(folder);
  });

  it('is the user’s otherwise', () => {
    expect(cacheFolder({})).toMatch(/\.cache.pqcnet-interop$/);
  });
});

describe('the file of a receiver', () => {
  it('is in the folder, and stays the same', () => {
    expect(receiverPath(receiver, '/a')).toMatch(/^\/a\/victoria-metrics-1\.151\.0-[0-9a-f]{12}$/);
    expect(receiverPath(receiver, '/a')).toBe(receiverPath({ ...receiver }, '/a'));
  });

  it('is another one when the recipe changes', () => {
    const changed = { ...receiver, recipe: { ...receiver.recipe, linkerFlags: '' } } as PinnedReceiver;
    expect(receiverPath(changed, '/a')).not.toBe(receiverPath(receiver, '/a'));
  });
});

it('pins every version', () => {
  for (const { version, recipe } of pinnedReceivers) {
    const pinned = recipe.kind === 'collector' ? recipe.builder : recipe.moduleVersion;
    expect(pinned).toMatch(/v\d+\.\d+\.\d+$/);
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
