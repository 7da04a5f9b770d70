import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TimestampClient } from '@imprimatur/domain/ledger';
import { verifyTimestamp } from '@imprimatur/formats/timestamp';
import { Fault, utf8 } from '@imprimatur/kernel';
import { TestTsa, type TsaMood } from '../../support/tsa';

describe('RFC 3161 stamps', () => {
  let tsa: TestTsa;
  let other: TestTsa;
  const message = utf8('a checkpoint');

  beforeAll(async () => {
    [tsa, other] = [await TestTsa.open(), await TestTsa.open()];
  });
  afterAll(() => [tsa, other].forEach((each) => each.close()));
  beforeEach(() => (tsa.mood = 'well'));

  it('are asked for over HTTP, and verify under the anchors that were pinned only', async () => {
    const stamp = await new TimestampClient(tsa.url).stamp(message);
    expect(stamp.expiresAt.getTime()).toBeGreaterThan(stamp.time.getTime());
    expect(await verifyTimestamp(stamp.token, message, tsa.anchorsPem)).toMatchObject({
      status: 'good',
      authority: 'pinned',
      name: stamp.name,
    });
    expect(await verifyTimestamp(stamp.token, message, other.anchorsPem)).toMatchObject({ status: 'good', authority: 'unknown' });
    expect(await verifyTimestamp(stamp.token, message, null)).toMatchObject({ status: 'good', authority: 'unknown' });
    expect(await verifyTimestamp(stamp.token, utf8('another'), tsa.anchorsPem)).toMatchObject({ status: 'broken' });
  });

  it('do not survive a changed byte', async () => {
    const { token } = await new TimestampClient(tsa.url).stamp(message);
    for (let at = 0; at < token.length; at += 41) {
      const changed = Uint8Array.from(token);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const report = await verifyTimestamp(changed, message, tsa.anchorsPem);
      // a byte of an unused certificate field may be free; a changed token is never of a pinned authority with another time
      if (report.status === 'good' && report.authority === 'pinned') {
        expect(report).toMatchObject(await verifyTimestamp(token, message, tsa.anchorsPem));
      }
    }
    for (const garbage of [utf8(''), utf8('garbage'), token.subarray(0, 40)])
      expect((await verifyTimestamp(garbage, message, null)).status).toBe('broken');
  });

  it.each<TsaMood>(['fails', 'garbage', 'other-nonce'])('an authority that %s is a fault that may be tried again', async (mood) => {
    tsa.mood = mood;
    const error: unknown = await new TimestampClient(tsa.url).stamp(message).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Fault);
    expect(error).toMatchObject({ code: 'TIMESTAMP_FAILED', retryable: true });
  });

  it('are accepted by openssl, which shares no code with us', async () => {
    let version: string;
    try {
      version = execFileSync('openssl', ['version'], { encoding: 'utf8' });
    } catch {
      return void process.stdout.write('skipped: openssl is not installed\n');
    }
    const folder = mkdtempSync(join(tmpdir(), 'imprimatur-openssl-'));
    const { token } = await new TimestampClient(tsa.url).stamp(message);
    writeFileSync(join(folder, 'message'), message);
    writeFileSync(join(folder, 'token'), token);
    writeFileSync(join(folder, 'anchors.pem'), tsa.anchorsPem);
    const verify = ['ts', '-verify', '-data', 'message', '-in', 'token', '-token_in', '-CAfile', 'anchors.pem'];
    const said = execFileSync('openssl', verify, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(version).toMatch(/openssl/i);
    expect(said).toContain('OK');
  });
});
