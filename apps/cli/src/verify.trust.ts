import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseVkey, parseWitnessPolicy } from '@imprimatur/formats/merkle';
import { sha256 } from './node.digests.js';
import { UsageError } from './usage.error.js';

/** What the verifier believes before it sees a file. */
export interface PinnedTrust {
  readonly trustAnchorsPem: string | null;
  readonly logVkeys: readonly string[];
  /** Text of a witness policy; null: nobody is asked for. */
  readonly witnessPolicy: string | null;
}

/** From the options, else from `<home>/trust`. Throws UsageError for an option that names nothing usable. */
export function readTrust(
  home: string,
  anchorFiles: readonly string[],
  logKeys: readonly string[],
  policyFile: string | undefined,
): PinnedTrust {
  const defaultAnchors = join(home, 'trust', 'anchors.pem');
  const defaultLogs = join(home, 'trust', 'logs.vkey');
  const anchors = anchorFiles.length > 0 ? anchorFiles : existsSync(defaultAnchors) ? [defaultAnchors] : [];
  const logs = logKeys.length > 0 ? logKeys : existsSync(defaultLogs) ? [defaultLogs] : [];
  return {
    trustAnchorsPem: anchors.length === 0 ? null : anchors.map(readAnchors).join('\n'),
    logVkeys: logs.flatMap(readLogKeys),
    witnessPolicy: policyFile === undefined ? null : readPolicy(policyFile),
  };
}

function readPolicy(file: string): string {
  const text = readText(file, '--policy');
  try {
    parseWitnessPolicy(sha256, text);
    return text;
  } catch (error) {
    throw new UsageError(`--policy ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readAnchors(file: string): string {
  const pem = readText(file, '--trust-anchors');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new UsageError(`--trust-anchors ${file} holds no PEM certificate`);
  return pem;
}

/** A verifier key itself, or a file with one on each line. */
function readLogKeys(keyOrFile: string): readonly string[] {
  if (parseVkey(sha256, keyOrFile)) return [keyOrFile];
  const lines = readText(keyOrFile, '--log-key')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const wrong = lines.find((line) => !parseVkey(sha256, line));
  if (wrong !== undefined || lines.length === 0)
    throw new UsageError(`--log-key ${keyOrFile} holds a line that is no Ed25519 verifier key`);
  return lines;
}

function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
