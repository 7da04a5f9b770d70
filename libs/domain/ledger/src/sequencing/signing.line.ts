import type { Fault } from '@imprimatur/kernel';
import type { CheckpointDesk, SignedHead } from './checkpoint.desk.js';
import { joined } from './open.logs.js';
import type { Growth, LogHead } from './sequencer.repository.js';

export type Signed = (signed: SignedHead) => void;
export type Refused = (head: LogHead, error: unknown) => void;

/** What one round added, and who waits for its signature. */
interface Signee {
  readonly growths: readonly Growth[];
  readonly signed: Signed;
  readonly refused: Refused;
}

/**
 * Rounds that wait for their signature while the next ones are inserted. One signature at a time; the heads that grew meanwhile are signed
 * together, the newest of each log.
 */
export class SigningLine {
  private waiting: Signee[] = [];
  private work: Promise<void> | undefined;

  /** `refused` hears of a log that the signer refuses, `failed` of everything else; what waits is refused then, too. */
  constructor(
    private readonly desk: CheckpointDesk,
    private readonly refused: (fault: Fault) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  add(signee: Signee): void {
    this.waiting.push(signee);
    this.work ??= this.sign();
  }

  /** Resolves when nothing waits; never rejects. */
  async settled(): Promise<void> {
    await this.work;
  }

  private async sign(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve)); // the next round goes to the database first
    while (this.waiting.length > 0) {
      const signees = this.waiting;
      this.waiting = [];
      const growths = newest(signees);
      try {
        await this.desk.sign(
          growths,
          (signed) => signees.forEach((signee) => signee.signed(signed)),
          (head, fault) => {
            this.refused(fault);
            signees.forEach((signee) => signee.refused(head, fault));
          },
        );
      } catch (error) {
        for (const head of growths) [...signees, ...this.waiting].forEach((signee) => signee.refused(head, error));
        this.waiting = [];
        this.failed(error);
      }
    }
    this.work = undefined;
  }
}

/** One growth per log. */
function newest(signees: readonly Signee[]): readonly Growth[] {
  const growths = new Map<string, Growth>();
  for (const growth of signees.flatMap((signee) => signee.growths)) {
    const before = growths.get(growth.tenant);
    growths.set(growth.tenant, before ? joined(before, growth) : growth);
  }
  return [...growths.values()];
}
