import { fromHex, type Sha256 } from '@imprimatur/kernel';
import { verifyCosignature } from './cosignature.js';
import {
  type Ed25519Verify,
  formatWitnessVkey,
  type LogKey,
  parseVkey,
  parseWitnessVkey,
  type SignedCheckpoint,
  type WitnessKey,
} from './note.js';

/** Which of the members of a group must have cosigned. */
interface Group {
  readonly threshold: number;
  readonly members: readonly string[];
}

/** Whom a verifier believes: logs, witnesses, and how many of them must stand behind a checkpoint (sigsum's policy file, with vkeys). */
export interface WitnessPolicy {
  readonly logs: readonly LogKey[];
  readonly witnesses: readonly { readonly name: string; readonly key: WitnessKey; readonly url: string | null }[];
  readonly groups: ReadonlyMap<string, Group>;
  /** Name of a witness or a group; null: `quorum none`. */
  readonly quorum: string | null;
}

export interface WitnessJudgement {
  readonly isSatisfied: boolean;
  /** Those of the policy that cosigned, with seconds since the epoch. */
  readonly witnesses: readonly { readonly name: string; readonly time: number }[];
}

/** Thrown for a policy that cannot be read, with the number of the line. */
export class WitnessPolicyError extends Error {
  override readonly name = 'WitnessPolicyError';
}

/**
 * Reads a policy file. A line each: `log <vkey> [url]`, `witness <name> <vkey | 64 hex digits> [url]`, `group <name> <all | any | k> <member...>`,
 * `quorum <name | none>`; `#` begins a comment. Throws WitnessPolicyError.
 */
export function parseWitnessPolicy(sha256: Sha256, text: string): WitnessPolicy {
  const draft = new Draft(sha256);
  text.split('\n').forEach((line, at) => {
    const words = line.replace(/#.*$/, '').trim().split(/\s+/).filter(Boolean);
    const refusal = words.length === 0 ? null : draft.take(words);
    if (refusal) throw new WitnessPolicyError(`line ${at + 1}: ${refusal}`);
  });
  return draft.finish();
}

/** Whether the quorum cosigned. A policy of `quorum none` is satisfied by nobody's word: the operator's only. */
export function judgeWitnessPolicy(policy: WitnessPolicy, checkpoint: SignedCheckpoint, verify: Ed25519Verify): WitnessJudgement {
  const witnesses = policy.witnesses.flatMap(({ name, key }) => {
    const found = verifyCosignature(checkpoint, key, verify);
    return found ? [{ name, time: found.time }] : [];
  });
  const present = new Set(witnesses.map(({ name }) => name));
  const isMet = (name: string): boolean => {
    const group = policy.groups.get(name);
    return group ? group.members.filter(isMet).length >= group.threshold : present.has(name);
  };
  return { isSatisfied: policy.quorum === null || isMet(policy.quorum), witnesses };
}

class Draft {
  private readonly logs: LogKey[] = [];
  private readonly witnesses: { name: string; key: WitnessKey; url: string | null }[] = [];
  private readonly groups = new Map<string, Group>();
  private quorum: string | null | undefined;

  constructor(private readonly sha256: Sha256) {}

  /** Null, or what is wrong with the line. */
  take([kind = '', ...rest]: readonly string[]): string | null {
    if (kind === 'log') return this.log(rest);
    if (kind === 'witness') return this.witness(rest);
    if (kind === 'group') return this.group(rest);
    if (kind === 'quorum') return this.setQuorum(rest);
    return `${kind} is none of log, witness, group, quorum`;
  }

  finish(): WitnessPolicy {
    if (this.quorum === undefined) throw new WitnessPolicyError('there is no quorum line');
    return { logs: this.logs, witnesses: this.witnesses, groups: this.groups, quorum: this.quorum };
  }

  private log([vkey = '', ...more]: readonly string[]): string | null {
    const key = parseVkey(this.sha256, vkey);
    if (!key || more.length > 1) return 'log <vkey> [url]: the key is no Ed25519 verifier key of a log';
    this.logs.push(key);
    return null;
  }

  private witness([name = '', written = '', url = null, ...more]: readonly (string | null)[]): string | null {
    if (!name || more.length > 0) return 'witness <name> <vkey> [url]';
    if (this.isTaken(name)) return `the name ${name} is taken`;
    const vkey = /^[0-9a-f]{64}$/.test(written ?? '') ? formatWitnessVkey(this.sha256, name, fromHex(written ?? '')) : (written ?? '');
    const key = parseWitnessVkey(this.sha256, vkey);
    if (!key) return `the key of ${name} is no verifier key of an Ed25519 cosigner`;
    // one key under two names would count twice
    if (this.witnesses.some((known) => known.key.publicKey.every((byte, at) => byte === key.publicKey[at])))
      return `the key of ${name} stands there twice`;
    this.witnesses.push({ name, key, url });
    return null;
  }

  private group([name = '', count = '', ...members]: readonly string[]): string | null {
    if (!name || members.length === 0) return 'group <name> <all | any | k> <member...>';
    if (this.isTaken(name)) return `the name ${name} is taken`;
    const unknown = members.find((member) => !this.isTaken(member) || member === 'none');
    if (unknown) return `${unknown} is not defined above`;
    if (new Set(members).size < members.length) return 'a member stands there twice';
    const threshold = count === 'all' ? members.length : count === 'any' ? 1 : Number(count);
    if (!Number.isInteger(threshold) || threshold < 1 || threshold > members.length)
      return `${count} is not all, any or a number up to ${members.length}`;
    this.groups.set(name, { threshold, members });
    return null;
  }

  private setQuorum([name = '', ...more]: readonly string[]): string | null {
    if (this.quorum !== undefined) return 'there are two quorum lines';
    if (more.length > 0 || !this.isTaken(name)) return `quorum ${name}: not the name of a witness or group above, nor none`;
    this.quorum = name === 'none' ? null : name;
    return null;
  }

  private isTaken(name: string): boolean {
    return name === 'none' || this.groups.has(name) || this.witnesses.some((known) => known.name === name);
  }
}
