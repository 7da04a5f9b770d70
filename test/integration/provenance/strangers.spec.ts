import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import type { Trust } from '@imprimatur/domain/provenance';
import { describeWithFixtures, fixture } from './fixtures';
import { ReleaseDesk } from './release-desk';

const desk = new ReleaseDesk();
afterAll(() => desk.close());

/** The test signers of those files. */
const trust = (): Trust => ({ trustAnchorsPem: readFileSync(fixture('c2pa', 'trust', 'test_cert_root_bundle.pem'), 'utf8'), logVkeys: [] });
const filesOf = (folder: string): string[] => (process.env.IMPRIMATUR_FIXTURES === undefined ? [] : readdirSync(fixture('c2pa', folder)));
const pictures = (folder: string): string[] => filesOf(folder).filter((name) => !name.endsWith('.json'));
const read = (folder: string, name: string): Uint8Array => readFileSync(fixture('c2pa', folder, name));

describeWithFixtures("other people's files", () => {
  it.each(pictures('signed'))('signed and whole: %s', async (name) => {
    const report = await desk.verifier.verify(read('signed', name), trust());
    expect(report).toMatchObject({ outcome: 'good', exitCode: 0 });
    expect(report.words).toContain('no receipt of an approval');
  });

  it.each(pictures('tampered'))('tampered with: %s', async (name) => {
    const report = await desk.verifier.verify(read('tampered', name), trust());
    expect(report).toMatchObject({ outcome: 'bad', exitCode: 1 });
  });

  it.each([
    ['adobe-20220124-E-sig-CA.jpg', 'signature', 'claimSignature.mismatch'],
    ['adobe-20220124-E-dat-CA.jpg', 'content', 'assertion.dataHash.mismatch'],
    ['adobe-20220124-XCA.jpg', 'content', 'assertion.dataHash.mismatch'],
    ['adobe-20220124-CIE-sig-CA.jpg', 'ingredients', 'claimSignature.mismatch'],
  ])('%s is found by check %s', async (name, check, code) => {
    const { checks } = await desk.verifier.verify(read('tampered', name), trust());
    expect(checks.find((each) => each.name === check)).toMatchObject({ outcome: 'bad', codes: expect.arrayContaining([code]) as unknown });
  });

  it.each(pictures('hostile'))('hostile: %s', async (name) => {
    expect(await desk.verifier.verify(read('hostile', name), trust())).toMatchObject({ outcome: 'unknown', exitCode: 2, manifest: null });
  });

  it.each(pictures('unsigned'))('unsigned: %s', async (name) => {
    expect(await desk.verifier.verify(read('unsigned', name), trust())).toMatchObject({ outcome: 'unknown', exitCode: 2, manifest: null });
  });

  it('does not ask at the address that a file names for its manifest', async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const file = renamedAddress(
      read('hostile', 'libpng-test_with_url.png'),
      'http://localhost:5000/libpng-test.c2pa',
      `http://localhost:${port}/`,
    );
    const report = await desk.verifier.verify(file, trust());
    await new Promise((resolve) => server.close(resolve));
    expect(report.checks).toMatchObject([{ name: 'manifest', outcome: 'unknown', codes: ['manifest.remote'] }]);
    expect(asked).toEqual([]);
  });
});

describe('a file that was damaged on its way', () => {
  it('never crashes the reader, and cut short is never good', async () => {
    const { bytes } = await desk.signed('jpeg');
    let state = 42;
    const next = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 60; round += 1) {
      const damaged = Buffer.from(round % 4 === 0 ? bytes.subarray(0, next(bytes.length)) : bytes);
      for (let flips = 0; flips < 1 + next(4) && damaged.length > 0; flips += 1) damaged[next(damaged.length)] = next(256);
      const { exitCode, checks } = await desk.verifier.verify(damaged);
      // a flip in the padding of the signature changes nothing that anybody relies on
      expect(damaged.length < bytes.length ? [1, 2] : [0, 1, 2]).toContain(exitCode);
      expect(checks.length).toBeGreaterThan(0);
    }
  });
});

/** The same PNG with another address in its XMP, of the same length, and the checksum of that chunk made right again. */
function renamedAddress(png: Uint8Array, from: string, to: string): Uint8Array {
  const copy = Buffer.from(png);
  const at = copy.indexOf(from);
  copy.write(to + 'x'.repeat(from.length - to.length), at, 'latin1');
  for (let chunk = 8; chunk < copy.length; chunk += 12 + copy.readUInt32BE(chunk)) {
    const length = copy.readUInt32BE(chunk);
    if (at < chunk || at > chunk + 8 + length) continue;
    copy.writeUInt32BE(crc32(copy.subarray(chunk + 4, chunk + 8 + length)), chunk + 8 + length);
  }
  return copy;
}
