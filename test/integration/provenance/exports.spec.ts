import { readFileSync } from 'node:fs';
import { openSigningCredentials } from '@imprimatur/domain/provenance';
import { Fault, systemClock } from '@imprimatur/kernel';
import { MANIFEST_FORMATS, mediaTypeOf, readManifest } from '@imprimatur/formats/manifest';
import { describeWithFixtures, fixture } from './fixtures';
import { flipped } from './forger';
import { makePicture, ReleaseDesk } from './release-desk';

const desk = new ReleaseDesk();
afterAll(() => desk.close());

async function codeOf(refused: Promise<unknown>): Promise<string> {
  const error = await refused.then(
    () => new Error('it was signed'),
    (thrown: unknown) => thrown,
  );
  return error instanceof Fault ? error.code : String(error);
}

describe('a signed export', () => {
  it.each(MANIFEST_FORMATS)('in %s reads back good in every check', async (format) => {
    const signed = await desk.signed(format);
    expect(signed.report.checks.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'manifest good',
      'signature good',
      'content good',
      'issuer good',
      'time good',
      'ingredients good',
      'receipts good',
      'picture good',
    ]);
    expect(signed.report).toMatchObject({
      outcome: 'good',
      exitCode: 0,
      manifest: { title: 'Spring campaign', actions: 4, urn: signed.manifestUrn },
    });
    expect(signed.manifestUrn).toMatch(/^urn:c2pa:/);
  });

  it('says with the development CA what that is worth', async () => {
    const { report } = await desk.signed('jpeg');
    expect(report.words).toContain('issuer is not on the C2PA trust list');
    expect(report.checks.find(({ name }) => name === 'time')?.words).toContain('Self-asserted time');
    expect(report.checks.find(({ name }) => name === 'receipts')?.words).toMatch(/Operator only.*not proven/);
  });

  it('keeps the manifest of an export that it was made from', async () => {
    const parent = await desk.signed('png');
    const child = await desk.signed('webp', undefined, { id: 'parent', format: 'png', bytes: parent.bytes });
    const reading = await desk.engine.read(child.bytes, mediaTypeOf('webp'), desk.trust.read());
    const manifest = reading.kind === 'store' ? readManifest(reading.crJson, reading.activeUrn) : null;
    expect(manifest?.chainUrns).toEqual([parent.manifestUrn]);
    // both say so: whoever uploads the file is asked for another source
    expect(manifest?.forbidsMachines).toBe(true);
    expect(child.report.checks.find(({ name }) => name === 'ingredients')).toMatchObject({
      outcome: 'good',
      codes: ['claimSignature.validated'],
    });
  });
});

describe('the signer', () => {
  it('does not sign a file that the receipts do not speak of', async () => {
    const input = await desk.input(await makePicture('jpeg'), 'jpeg');
    expect(await codeOf(desk.signer.sign(input, await makePicture('jpeg', 2), []))).toBe('RECEIPTS_DO_NOT_PROVE');
  });

  it('does not sign under another version than the receipts speak of', async () => {
    const file = await makePicture('jpeg');
    const input = await desk.input(file, 'jpeg');
    const other = { ...input, governance: { ...input.governance, version: input.governance.exportId } };
    expect(await codeOf(desk.signer.sign(other, file, []))).toBe('RECEIPTS_DO_NOT_PROVE');
  });

  it('does not sign with receipts of a log that this installation does not know', async () => {
    const stranger = new ReleaseDesk();
    try {
      const file = await makePicture('jpeg');
      expect(await codeOf(desk.signer.sign(await stranger.input(file, 'jpeg'), file, []))).toBe('RECEIPTS_DO_NOT_PROVE');
    } finally {
      await stranger.close();
    }
  });

  it('does not sign without the bytes of an ingredient', async () => {
    const file = await makePicture('jpeg');
    expect(await codeOf(desk.signer.sign(await desk.input(file, 'jpeg'), file, []))).toBe('INGREDIENT_MISSING');
  });

  it('does not let out a file whose history is broken', async () => {
    const broken = flipped((await desk.signed('jpeg')).bytes, 'Spring campaign');
    expect(await codeOf(desk.signed('jpeg', undefined, { id: 'parent', format: 'jpeg', bytes: broken }))).toBe('EXPORT_READS_BACK_WRONG');
  });

  it('refuses the development CA in production unless it is named', async () => {
    expect(await codeOf(openSigningCredentials({ mode: 'production', home: desk.home }, systemClock))).toBe('SIGNER_NOT_CONFIGURED');
    await expect(
      openSigningCredentials({ mode: 'production', home: desk.home, signer: 'development-ca' }, systemClock),
    ).resolves.toBeDefined();
  });
});

describeWithFixtures('an upload that came with credentials by others', () => {
  it.each(['adobe-20220124-C.jpg', 'adobe-20220124-CA.jpg', 'adobe-20220124-CACA.jpg', 'boxhash.jpg', 'update_manifest.jpg'])(
    'keeps them: %s',
    async (name) => {
      const bytes = readFileSync(fixture('c2pa', 'signed', name));
      const { report } = await desk.signed('jpeg', undefined, { id: 'parent', format: 'jpeg', bytes });
      expect(report).toMatchObject({ outcome: 'good', manifest: { ingredients: [{ hasManifest: true, relationship: 'parentOf' }] } });
      expect(report.checks.find(({ name: check }) => check === 'ingredient-issuers')).toMatchObject({ outcome: 'unknown' });
    },
  );

  it.each(['adobe-20220124-E-sig-CA.jpg', 'adobe-20220124-CIE-sig-CA.jpg', 'adobe-20220124-XCA.jpg', 'adobe-20220124-E-dat-CA.jpg'])(
    'is not exported when they do not hold: %s',
    async (name) => {
      const bytes = readFileSync(fixture('c2pa', 'tampered', name));
      expect(await codeOf(desk.signed('jpeg', undefined, { id: 'parent', format: 'jpeg', bytes }))).toBe('EXPORT_READS_BACK_WRONG');
    },
  );
});
