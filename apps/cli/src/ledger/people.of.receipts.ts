import { PersonKeys, type ReceiptReport, type SignedEntryReport } from '@imprimatur/formats/ledger';
import { personVerify, sha256 } from '../node.digests.js';

type Consistent = Extract<ReceiptReport, { status: 'consistent' }>;

/** Keys of people that receipts bring along, by the log that vouches for them: a key from a log of somebody else proves nothing in this one. */
export class PeopleOfReceipts {
  private readonly keys = new Map<string, PersonKeys>();

  constructor(reports: readonly ReceiptReport[]) {
    for (const report of reports) if (report.status === 'consistent') this.of(report).learn(report.entry);
  }

  /** Null: nobody signed it. */
  judge(report: Consistent): Promise<SignedEntryReport | null> {
    return this.of(report).judge(report.entry, report.parts['statement'] ?? null, { sha256, personVerify });
  }

  private of({ origin, key }: Consistent): PersonKeys {
    const name = `${origin} ${key}`;
    const keys = this.keys.get(name) ?? new PersonKeys();
    this.keys.set(name, keys);
    return keys;
  }
}

export function signedNote(report: SignedEntryReport): string {
  switch (report.status) {
    case 'good':
      return report.covers === 'statement'
        ? 'signed by the person, over the disclosed statement'
        : 'signed by the person, over a statement that is withheld';
    case 'bad':
      return `not signed: ${report.why}`;
    case 'unknown':
      return report.why === 'signed, key not known'
        ? 'signed, key not known: bring the receipt of the entry that enrolled it (credential.enrolled)'
        : report.why;
  }
}
