import { canonicalBytes, utf8 } from '@imprimatur/kernel';
import { exportBinding, parseExportBinding } from './binding.format';

const bound = {
  version: 'v',
  format: 'png' as const,
  recipe: { maxWidth: 10 },
  unsignedSha256: 'ab'.repeat(32),
  pixels: { decoder: 'd/1', sha256: 'cd'.repeat(32), width: 1, height: 2, channels: 4 as const },
};

describe('the binding of an export', () => {
  it('is read as it was written', () => {
    expect(parseExportBinding(canonicalBytes(exportBinding(bound)))).toEqual({ v: 1, ...bound });
  });

  it.each([
    ['no JSON', utf8('binding')],
    ['no UTF-8', Uint8Array.of(0xff)],
    ['another version', canonicalBytes({ ...exportBinding(bound), v: 2 })],
    ['a digest that is none', canonicalBytes({ ...exportBinding(bound), unsignedSha256: 'AB' })],
    ['a format that is none', canonicalBytes({ ...exportBinding(bound), format: 'gif' })],
  ])('is not read from %s', (_what, bytes) => {
    expect(parseExportBinding(bytes)).toBeNull();
  });

  it('is not made of a digest in another form', () => {
    expect(() => exportBinding({ ...bound, unsignedSha256: 'AB'.repeat(32) })).toThrow();
  });
});
