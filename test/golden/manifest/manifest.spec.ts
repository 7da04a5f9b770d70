import { join } from 'node:path';
import { exportBinding, governanceSchema, manifestDefinition, parseExportBinding } from '@imprimatur/formats/manifest';
import { canonicalBytes, canonicalJson } from '@imprimatur/kernel';
import { expectGolden } from '../golden';
import { manifestInput } from '../../integration/provenance/manifest.input';

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const receipt = (index: number) => ({
  v: 1 as const,
  entry: 'ZW50cnk=',
  parts: { binding: { salt: 'c2FsdA', bytes: 'Ynl0ZXM=' } },
  index,
  proof: ['cHJvb2Y='],
  checkpoint: 'origin\n2\nroot\n\n— origin signature\n',
  anchors: [],
});

describe('what has left the house', () => {
  it('is said in the manifest as it always was', () => {
    const input = manifestInput('jpeg', '01900000-0000-7000-8000-000000000003', { released: receipt(0), rendered: receipt(1) });
    expectGolden(join(__dirname, 'export.definition.json'), pretty(manifestDefinition(input)));
  });

  it('has the published form of a governance assertion', () => {
    expectGolden(join(__dirname, 'governance.schema.json'), pretty(governanceSchema()));
  });

  it('is bound by the same bytes', () => {
    const binding = exportBinding({
      version: '01900000-0000-7000-8000-000000000003',
      format: 'jpeg',
      recipe: { format: 'jpeg', maxWidth: 1024, colour: 'srgb' },
      unsignedSha256: 'ab'.repeat(32),
      pixels: { decoder: 'sharp/0.0.0 libvips/0.0.0', sha256: 'cd'.repeat(32), width: 3, height: 2, channels: 3 },
    });
    expectGolden(join(__dirname, 'export.binding.json'), canonicalJson(binding));
    expect(parseExportBinding(canonicalBytes(binding))).toEqual(binding);
  });
});
