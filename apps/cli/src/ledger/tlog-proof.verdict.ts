import { parseEntry } from '@imprimatur/formats/ledger';
import { displayText } from '@imprimatur/formats/manifest';
import { isSignedBy, judgeWitnessPolicy, leafHash, parseTlogProof, verifyInclusion } from '@imprimatur/formats/merkle';
import { ed25519Verify, sha256 } from '../node.digests.js';
import type { LedgerReport } from './ledger.report.js';
import type { LedgerTrust } from './ledger.trust.js';

/** Checks a C2SP tlog-proof against the bytes of the entry that came with it. */
export function tlogProofVerdict(text: string, bytes: Uint8Array, { logKeys, policy }: LedgerTrust): LedgerReport {
  const say = (outcome: LedgerReport['outcome'], words: string, notes: readonly string[] = [], details: object = {}): LedgerReport => ({
    outcome,
    kind: 'tlog-proof',
    words,
    notes,
    details: { ...details },
  });
  const read = parseTlogProof(text);
  if (!read) return say('bad', 'The .tlog-proof file cannot be read.');
  const { checkpoint, index, proof } = read;
  const { origin, size, root } = checkpoint;
  if (!verifyInclusion(sha256, { leaf: leafHash(sha256, bytes), index, size, root, proof }))
    return say('bad', 'The entry is not in the tree of the checkpoint.');
  const own = logKeys.filter(({ name }) => name === origin);
  if (own.length > 0 && !own.some((key) => isSignedBy(checkpoint, key, ed25519Verify)))
    return say('bad', `The checkpoint is not signed by the key that is pinned for ${displayText(origin)}.`);
  const judgement = policy ? judgeWitnessPolicy(policy, checkpoint, ed25519Verify) : null;
  const isWitnessed = Boolean(policy && policy.quorum !== null && judgement?.isSatisfied);
  const parsed = parseEntry(bytes);
  const notes = [
    `${displayText(origin)}, entry ${index} of ${size}`,
    ...(parsed.status === 'entry' ? [`${displayText(parsed.entry.type)}: entry_${parsed.entry.id}`] : []),
    ...(judgement?.witnesses ?? []).map(({ name, time }) => `cosigned by ${name} at ${new Date(time * 1000).toISOString()}`),
  ];
  const key = own.length > 0 ? 'known' : 'unknown';
  const witnesses = isWitnessed ? 'witnessed' : 'operator only';
  const details = { origin, index, size, key, witnesses, judgement, ...(parsed.status === 'entry' && { entry: parsed.entry }) };
  if (policy && policy.quorum !== null && !isWitnessed)
    return say('bad', 'The proof is consistent, but the quorum of the policy did not cosign its checkpoint.', notes, details);
  const standing = isWitnessed ? 'the quorum of the policy cosigned it' : 'operator only: no independent witness stands behind it';
  if (key === 'known') return say('good', `Entry ${index} is in the log, signed by its pinned key; ${standing}.`, notes, details);
  return say('unknown', `Consistent, key not known: pin the key of ${displayText(origin)} with --log-key; ${standing}.`, notes, details);
}
