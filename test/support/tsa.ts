import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pkijs from 'pkijs';
import { ensureDevelopmentPki, LocalTimestampAuthority } from '@imprimatur/domain/provenance';
import { type Clock, systemClock } from '@imprimatur/kernel';

export type TsaMood = 'well' | 'hangs' | 'fails' | 'garbage' | 'other-nonce';

/** A time-stamping authority that lies outside this product and speaks RFC 3161 over HTTP. */
export class TestTsa {
  mood: TsaMood = 'well';
  stamped = 0;

  private constructor(
    readonly url: string,
    /** PEM of what its certificates lead to. */
    readonly anchorsPem: string,
    private readonly stop: () => void,
  ) {}

  static async open(clock: Clock = systemClock): Promise<TestTsa> {
    const home = mkdtempSync(join(tmpdir(), 'imprimatur-tsa-'));
    const pki = await ensureDevelopmentPki(home, clock);
    const authority = new LocalTimestampAuthority(pki.timeStamping, clock);
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (tsa.mood === 'hangs') return;
        if (tsa.mood === 'fails') return void response.writeHead(500).end();
        if (tsa.mood === 'garbage') return void response.writeHead(200).end('no such thing');
        const query = pkijs.TimeStampReq.fromBER(new Uint8Array(Buffer.concat(chunks)).buffer);
        const digest = new Uint8Array(query.messageImprint.hashedMessage.valueBlock.valueHexView);
        const nonce = query.nonce ? new Uint8Array(query.nonce.valueBlock.valueHexView) : null;
        const answered = tsa.mood === 'other-nonce' ? Uint8Array.of(1, 2, 3) : nonce;
        void authority.stampDigest(digest, answered).then((token) => {
          tsa.stamped += 1;
          const reply = new pkijs.TimeStampResp({
            status: new pkijs.PKIStatusInfo({ status: 0 }),
            timeStampToken: pkijs.ContentInfo.fromBER(new Uint8Array(token).buffer),
          });
          response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(Buffer.from(reply.toSchema().toBER(false)));
        });
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const anchors = readFileSync(join(home, 'trust', 'anchors.pem'), 'utf8');
    const tsa = new TestTsa(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, anchors, () => {
      server.closeAllConnections();
      server.close();
      rmSync(home, { recursive: true, force: true });
    });
    return tsa;
  }

  close(): void {
    this.stop();
  }
}
