import { expect, it } from 'vitest';
import { addBundled, type BillOfMaterials, type Component } from './bill-of-materials.ts';

function component(name: string): Component {
  const purl = `pkg:npm/${name}@1.0.0`;
  const licenses = [{ license: { id: 'MIT' } }];
  return { type: 'library', name, version: '1.0.0', purl, 'bom-ref': purl, licenses };
}

const [config, toml, zod] = [component('config'), component('toml'), component('zod')];
const bill: BillOfMaterials = {
  bomFormat: 'CycloneDX',
  components: [config, toml],
  dependencies: [
    { ref: config.purl, dependsOn: [toml.purl] },
    { ref: toml.purl, dependsOn: [] },
  ],
};

it('adds what is in the built files of a package, below that package', () => {
  expect(addBundled(bill, new Map([[config.purl, [zod]]]))).toEqual({
    bomFormat: 'CycloneDX',
    components: [config, toml, zod],
    dependencies: [
      { ref: config.purl, dependsOn: [toml.purl, zod.purl] },
      { ref: toml.purl, dependsOn: [] },
      { ref: zod.purl, dependsOn: [] },
    ],
  });
});

it('names a package once that is installed as well', () => {
  const { components } = addBundled(bill, new Map([[config.purl, [toml]]]));
  expect(components).toEqual([config, toml]);
});

it('leaves out what is in packages that the bill does not have', () => {
  expect(addBundled(bill, new Map([['pkg:npm/other@1.0.0', [zod]]]))).toEqual(bill);
});
