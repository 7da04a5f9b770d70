import { type Entry, parseEntry } from '../entry.js';
import type { PersonTools } from '../signing/person.signature.js';
import { PersonKeys, type SignedEntryReport } from '../signing/signed.entries.js';
import type { EntryOfPeople } from './bundle.check.js';
import type { Finding } from './finding.js';

/** How many entries people signed, by what could be known of their signatures. What was signed is withheld in a log: receipts disclose it. */
export interface SignedCounts {
  readonly good: number;
  /** Signed, key not known. */
  readonly unknown: number;
}

/** Judges what people signed, in the order of the log: whoever signs has enrolled a key before. */
export class PeopleCheck {
  readonly counts = { good: 0, unknown: 0 };
  private readonly keys = new PersonKeys();

  constructor(private readonly tools: Pick<PersonTools, 'sha256'> & Partial<PersonTools>) {}

  /** Findings about signatures that do not hold. */
  async take(entries: readonly EntryOfPeople[]): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const { entry, bytes } of entries) {
      const parsed = parseEntry(bytes);
      if (parsed.status !== 'entry') continue;
      const report = await this.judge(parsed.entry);
      this.keys.learn(parsed.entry);
      if (report?.status === 'bad')
        findings.push({ code: 'PERSON_SIGNATURE_WRONG', words: `entry ${entry} is not signed: ${report.why}`, entry, id: parsed.entry.id });
      else if (report) this.counts[report.status] += 1;
    }
    return findings;
  }

  private async judge(entry: Entry): Promise<SignedEntryReport | null> {
    const { sha256, personVerify } = this.tools;
    if (personVerify) return this.keys.judge(entry, null, { sha256, personVerify });
    return entry.signature ? { status: 'unknown', why: 'signed, key not known' } : null;
  }
}
