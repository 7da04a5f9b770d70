import { type Ed25519Verify, isSignedBy, type LogKey, parseVkey, type SignedCheckpoint } from '@imprimatur/formats/merkle';
import type { Sha256 } from '@imprimatur/kernel';
import { textOf } from './bundle.check.js';
import type { Finding } from './finding.js';

/** known: a pinned key signed. came along: only the log's own key file vouches for it. none: there is no key for this log at all. */
export type KeyStanding = 'known' | 'came along' | 'none';

/** Who signed the checkpoint. Pinned keys decide; the key that comes with the log proves that the log agrees with itself, no more. */
export function judgeSignature(
  checkpoint: SignedCheckpoint,
  keyFile: Uint8Array | null,
  tools: { readonly sha256: Sha256; readonly ed25519Verify: Ed25519Verify; readonly logKeys: readonly LogKey[] },
): { readonly key: KeyStanding; readonly findings: readonly Finding[] } {
  const { origin } = checkpoint;
  const findings: Finding[] = [];
  const brought = keyFile && keysIn(keyFile, tools.sha256);
  if (keyFile && (!brought || brought.some(({ name }) => name !== origin)))
    findings.push({ code: 'KEY_FILE_UNREADABLE', words: `log.vkey is not the verifier key of ${origin}`, path: 'log.vkey' });
  const pinned = tools.logKeys.filter(({ name }) => name === origin);
  const isSigned = (keys: readonly LogKey[]): boolean => keys.some((key) => isSignedBy(checkpoint, key, tools.ed25519Verify));
  if (pinned.length > 0) {
    if (!isSigned(pinned)) findings.push(wrong(`the checkpoint is not signed by the key that is pinned for ${origin}`));
    return { key: 'known', findings };
  }
  if (!brought) return { key: 'none', findings };
  if (!isSigned(brought)) findings.push(wrong('the checkpoint is not signed by the key that came along with it'));
  return { key: 'came along', findings };
}

/** A verifier key on each line, the last line ended; null for anything else. */
function keysIn(file: Uint8Array, sha256: Sha256): readonly LogKey[] | null {
  const text = textOf(file);
  if (!text?.endsWith('\n')) return null;
  const keys = text
    .slice(0, -1)
    .split('\n')
    .map((line) => (line.trim() === line ? parseVkey(sha256, line) : null));
  return keys.every((key) => key !== null) ? keys : null;
}

function wrong(words: string): Finding {
  return { code: 'SIGNATURE_WRONG', words, path: 'checkpoint' };
}
