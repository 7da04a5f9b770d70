import {
  formatAddCheckpoint,
  parseSignatureLines,
  signatureLine,
  SIZE_CONTENT_TYPE,
  verifyCosignature,
  type WitnessKey,
} from '@imprimatur/formats/merkle';
import { equalBytes, Fault } from '@imprimatur/kernel';
import { type EgressAnswer, exchange } from '@imprimatur/platform/egress';
import type { LogZeroHead } from './anchoring.repository.js';
import { ed25519Verify } from '../digest.js';

const TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 16 * 1024;

/** From the tree of `oldSize` to that of the checkpoint. */
export type MakeProof = (oldSize: number) => Promise<readonly Uint8Array[]>;

/** A cosigner that speaks C2SP tlog-witness. What it answers is verified before it is kept. */
export class WitnessClient {
  constructor(
    /** As the policy calls it. */
    readonly name: string,
    private readonly key: WitnessKey,
    private readonly url: string,
  ) {}

  /**
   * Its signature line over this checkpoint. `oldSize`: what it cosigned last, as far as we know; where it knows better, it is asked once more
   * from there. Throws Fault WITNESS_CONFLICT when it remembers another tree or a larger one (somebody rewrote this log, or its memory), and
   * the retryable WITNESS_FAILED for everything else.
   */
  async cosign(head: LogZeroHead, oldSize: number, prove: MakeProof): Promise<string> {
    let answer = await this.ask(head, oldSize, await prove(oldSize));
    const remembered = sizeIn(answer);
    if (remembered !== null && remembered !== oldSize) {
      if (remembered > head.size) throw this.conflict(`it cosigned size ${remembered}, and this log has ${head.size}`);
      answer = await this.ask(head, remembered, await prove(remembered));
    }
    if (answer.status === 409 || answer.status === 422) {
      throw this.conflict(`it remembers another tree (status ${answer.status}) than this one of size ${head.size}`);
    }
    if (answer.status !== 200) throw this.failed(`it answered ${answer.status}`);
    const lines = parseSignatureLines(Buffer.from(answer.bytes).toString('utf8'));
    const own = lines?.find(({ name, keyId }) => name === this.key.name && equalBytes(keyId, this.key.id));
    const text = head.note.slice(0, head.note.lastIndexOf('\n\n') + 1);
    if (!own || !verifyCosignature({ text, signatures: [own] }, this.key, ed25519Verify)) {
      throw this.failed('its cosignature does not verify');
    }
    return signatureLine(own);
  }

  private ask({ note }: LogZeroHead, oldSize: number, proof: readonly Uint8Array[]): Promise<EgressAnswer> {
    return exchange({
      method: 'POST',
      url: `${this.url.replace(/\/+$/, '')}/add-checkpoint`,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: formatAddCheckpoint({ oldSize, proof, note }),
      timeoutMs: TIMEOUT_MS,
      bytesMax: ANSWER_BYTES_MAX,
      reach: 'any',
    });
  }

  private conflict(why: string): Fault {
    return new Fault({ room: 'ledger', code: 'WITNESS_CONFLICT', message: `the witness ${this.name} refuses the log: ${why}`, safe: true });
  }

  private failed(why: string): Fault {
    const message = `the witness ${this.name} did not cosign: ${why}`;
    return new Fault({ room: 'ledger', code: 'WITNESS_FAILED', message, retryable: true, safe: true });
  }
}

/** What it says it cosigned last; null where it says nothing of that. */
function sizeIn({ status, contentType, bytes }: EgressAnswer): number | null {
  if (status !== 409 || contentType !== SIZE_CONTENT_TYPE) return null;
  const match = /^(0|[1-9]\d{0,15})\n$/.exec(Buffer.from(bytes).toString('utf8'));
  return match ? Number(match[1]) : null;
}
