import { ExportSigner, ManifestVerifier, ProvenanceModule } from '@imprimatur/domain/provenance';
import { loadConfig } from '@imprimatur/platform/config';
import { ImagesModule } from '@imprimatur/platform/images';
import { Test } from '@nestjs/testing';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

describe('the module of provenance', () => {
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-module-'));
  const before = process.env.IMPRIMATUR_HOME;
  beforeAll(() => (process.env.IMPRIMATUR_HOME = home));
  afterAll(() => {
    if (before === undefined) delete process.env.IMPRIMATUR_HOME;
    else process.env.IMPRIMATUR_HOME = before;
    rmSync(home, { recursive: true, force: true });
  });

  it('verifies without ever holding a key, and makes one only for whoever signs', async () => {
    const module = await Test.createTestingModule({ imports: [ImagesModule.forRoot(loadConfig()), ProvenanceModule] }).compile();
    await module.init();
    expect(await module.get(ManifestVerifier).verify(Buffer.from('no picture'))).toMatchObject({ outcome: 'unknown' });
    expect(existsSync(join(home, 'pki'))).toBe(false);
    await module.get(ExportSigner).prepare();
    expect(existsSync(join(home, 'pki')) && existsSync(join(home, 'trust', 'anchors.pem'))).toBe(true);
    await module.close();
  });
});
