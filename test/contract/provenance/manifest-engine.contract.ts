import type { ClaimSigner, ManifestEngine, SignRequest } from '@imprimatur/domain/provenance';
import { openSigningCredentials, signClaim, type SigningCredentials } from '@imprimatur/domain/provenance';
import { MANIFEST_FORMATS, type ManifestFormat, mediaTypeOf, type ReadManifest, readManifest } from '@imprimatur/formats/manifest';
import { type JsonObject, systemClock } from '@imprimatur/kernel';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePicture } from '../../integration/provenance/release-desk';

const SIGNATURE_BYTES = 16_384;

/** What every C2PA engine must do; one `describe` per adapter calls it. */
export function keepsTheManifestEngineContract(open: () => Promise<ManifestEngine>): void {
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-engine-'));
  let engine: ManifestEngine;
  let credentials: SigningCredentials;
  let trustAnchorsPem: string;

  beforeAll(async () => {
    credentials = await openSigningCredentials({ mode: 'test', home }, systemClock);
    trustAnchorsPem = readFileSync(join(home, 'trust', 'anchors.pem'), 'utf8');
    engine = await open();
  });
  afterAll(async () => {
    await engine.close();
    rmSync(home, { recursive: true, force: true });
  });

  const signer = (sizeBytes = SIGNATURE_BYTES): ClaimSigner => ({
    algorithm: credentials.signer.algorithm,
    sizeBytes,
    sign: (claim) => signClaim(claim, credentials.signer, credentials.authority, sizeBytes),
  });

  async function request(format: ManifestFormat, title: string, parent?: { bytes: Uint8Array; mediaType: string }): Promise<SignRequest> {
    const source = 'http://cv.iptc.org/newscodes/digitalsourcetype/humanEdits';
    const began: JsonObject = parent
      ? { action: 'c2pa.opened', parameters: { ingredientIds: ['parent'] } }
      : { action: 'c2pa.created', digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation' };
    return {
      bytes: await makePicture(format),
      mediaType: mediaTypeOf(format),
      definition: {
        claim_version: 2,
        claim_generator_info: [{ name: 'Contract', version: '1', specVersion: '2.4' }],
        title,
        format: mediaTypeOf(format),
        assertions: [
          {
            label: 'c2pa.actions.v2',
            created: true,
            data: { allActionsIncluded: true, actions: [began, { action: 'c2pa.edited', digitalSourceType: source }] },
          },
        ],
      },
      ingredients: parent ? [{ definition: { title: 'before', relationship: 'parentOf', label: 'parent' }, ...parent }] : [],
      thumbnail: null,
      trust: { trustAnchorsPem },
    };
  }

  async function manifestOf(bytes: Uint8Array, format: ManifestFormat, anchors: string | null = trustAnchorsPem): Promise<ReadManifest> {
    const reading = await engine.read(bytes, mediaTypeOf(format), { trustAnchorsPem: anchors });
    const manifest = reading.kind === 'store' ? readManifest(reading.crJson, reading.activeUrn) : null;
    if (!manifest) throw new Error(`read as ${reading.kind}`);
    return manifest;
  }

  const codes = ({ results }: ReadManifest): { success: string[]; failure: string[] } => ({
    success: results.success.map(({ code }) => code),
    failure: results.failure.map(({ code }) => code),
  });

  it.each(MANIFEST_FORMATS)('signs %s, and reads what it signed', async (format) => {
    const signed = await engine.sign(await request(format, `a title in ${format}`), signer());
    const manifest = await manifestOf(signed, format);
    expect(manifest).toMatchObject({ title: `a title in ${format}`, generator: 'Contract 1', actionCount: 2 });
    const { success, failure } = codes(manifest);
    expect(failure).toEqual([]);
    expect(success).toEqual(
      expect.arrayContaining(['claimSignature.validated', 'signingCredential.trusted', 'timeStamp.validated', 'timeStamp.trusted']),
    );
  });

  it.each(MANIFEST_FORMATS)('finds no manifest in a bare %s', async (format) => {
    expect(await engine.read(await makePicture(format), mediaTypeOf(format), { trustAnchorsPem: null })).toEqual({ kind: 'none' });
  });

  it.each(MANIFEST_FORMATS)('answers for a %s that is none', async (format) => {
    const reading = await engine.read(Buffer.from('this is no picture at all'), mediaTypeOf(format), { trustAnchorsPem: null });
    expect(['none', 'unreadable']).toContain(reading.kind);
    expect((await engine.read(new Uint8Array(), mediaTypeOf(format), { trustAnchorsPem: null })).kind).not.toBe('store');
  });

  it('trusts nobody without anchors, and still validates', async () => {
    const signed = await engine.sign(await request('png', 'unknown issuer'), signer());
    const { success, failure } = codes(await manifestOf(signed, 'png', null));
    expect(failure).toEqual(['signingCredential.untrusted']);
    expect(success).toContain('claimSignature.validated');
  });

  it('keeps the manifest of what a picture was made from', async () => {
    const parent = await engine.sign(await request('jpeg', 'first'), signer());
    const child = await engine.sign(await request('png', 'second', { bytes: parent, mediaType: 'image/jpeg' }), signer());
    const manifest = await manifestOf(child, 'png');
    expect(manifest.chainUrns).toEqual([(await manifestOf(parent, 'jpeg')).urn]);
    expect(manifest.chain.failure).toEqual([]);
  });

  it('keeps signings that run at once apart', async () => {
    const titles = ['one', 'two', 'three', 'four', 'five', 'six'];
    const signed = await Promise.all(titles.map(async (title) => engine.sign(await request('jpeg', title), signer())));
    const read = await Promise.all(signed.map((bytes) => manifestOf(bytes, 'jpeg')));
    expect(read.map(({ title }) => title)).toEqual(titles);
  });

  it('gives back what the signer threw, itself', async () => {
    const reason = new Error('the token was pulled out');
    const failing = { ...signer(), sign: () => Promise.reject(reason) };
    await expect(engine.sign(await request('png', 'unsigned'), failing)).rejects.toBe(reason);
  });

  it('says when the signature has no room', async () => {
    await expect(engine.sign(await request('png', 'tight'), signer(1_000))).rejects.toMatchObject({ code: 'SIGNATURE_TOO_LARGE' });
  });

  it('says when a definition cannot be signed', async () => {
    const wrong = { ...(await request('png', 'wrong')), definition: { claim_version: 2, claim_generator_info: 'none' } };
    await expect(engine.sign(wrong, signer())).rejects.toMatchObject({ code: 'SIGNING_FAILED' });
  });

  it('stops when it is told to', async () => {
    const stopped = AbortSignal.abort(new Error('not any more'));
    await expect(engine.read(await makePicture('png'), 'image/png', { trustAnchorsPem: null }, stopped)).rejects.toThrow('not any more');
  });
}
