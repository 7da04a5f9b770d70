import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { allow, byHand, HandService, type HandRefusal, type MaybeAssertion } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import type { Matter } from '@imprimatur/formats/ledger';
import { Fault, newId, notFound, ok, refuse, type SessionId, systemClock, type BundleId, type Result } from '@imprimatur/kernel';
import {
  decide,
  failClosed,
  questionAsJson,
  systemFinding,
  type BundleChange,
  type BundleFiles,
  type BundleRef,
  type PreparedBundle,
} from '@imprimatur/formats/policy';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { BundleCheck } from './policy.check.js';
import { PolicyEngine } from './policy.engine.js';
import { bundleActivated, bundleDrafted, bundleRetired, bundleRolledBack } from './policy.events.js';
import { readBundleFolder } from './policy.folder.js';
import { bundleNotRetired, bundleVersionExists, type PolicyRefusal } from './policy.refusals.js';
import { PolicyRepository, type StampedBundle } from './policy.repository.js';
import {
  ACTIVATING,
  activationMatter,
  activationRefused,
  type BundleDecision,
  bundleMatter,
  isInShare,
  reasonRefusal,
  rollBackMatter,
} from './policy.rules.js';
import { BundleSignatures } from './policy.signatures.js';
import type { ActivePolicy, Judging, Slice, StoredBundle, TestedBundle, UnusablePolicy } from './policy.types.js';

/** Injection token: the folder of the bundle that every tenant begins with. */
export const STARTER_FOLDER = Symbol('starter bundle folder');

/** Bundles of a tenant, and the one that its turns are judged by. */
@Injectable()
export class PolicyService implements OnApplicationBootstrap {
  /** Row stamps whose files were read and found to be what the hash names. */
  private readonly verified = new Map<BundleId, string>();

  constructor(
    private readonly bundles: PolicyRepository,
    private readonly engine: PolicyEngine,
    private readonly signatures: BundleSignatures,
    private readonly check: BundleCheck,
    private readonly ledger: Ledger,
    @Inject(STARTER_FOLDER) private readonly starterFolder: string,
    private readonly hands: HandService,
  ) {}

  /**
   * Prepares the bundle that most tenants have: the engine's first work takes half a second, which no request should wait for. Where signatures are
   * demanded, a process does not start with a starter that nobody signed: every tenant would begin with a policy that holds everything.
   */
  onApplicationBootstrap(): void {
    const files = readBundleFolder(this.starterFolder);
    const prepared = this.engine.prepare(this.engine.hashOf(files), files);
    if (!prepared.ok) throw starterBroken(prepared.refusal.message);
    const unsigned = this.signatures.refusal(files, prepared.value.ref.hash);
    if (unsigned) throw starterNotSigned(unsigned.message, this.starterFolder);
  }

  /**
   * Gives a new tenant the starter bundle, active at once; a tenant that has an active bundle keeps it. Part of creating a tenant, and so
   * not asked of anybody's role. Throws Fault STARTER_BUNDLE_BROKEN when the folder does not hold a sound bundle.
   */
  async ensureStarter(write: WriteContext): Promise<StoredBundle> {
    await this.bundles.lockActivation(write);
    const present = await this.bundles.findActive(write);
    if (present) return present.bundle;
    const files = readBundleFolder(this.starterFolder);
    const tested = await this.engine.test(files);
    if (!tested.ok) throw starterBroken(tested.refusal.message);
    const unsigned = this.signatures.refusal(files, tested.value.hash);
    if (unsigned) throw starterNotSigned(unsigned.message, this.starterFolder);
    const now = systemClock.now();
    const bundle: StoredBundle = { ...newBundle(tested.value, now), state: 'active', activatedAt: now };
    await this.bundles.insert(write, bundle, files);
    await this.ledger.append(write, bundleActivated(bundle, null));
    return bundle;
  }

  /** Stores a bundle as a draft, after all its tests passed; signed, where that is demanded. The same content again answers the first. */
  async draft(write: WriteContext, files: BundleFiles): Promise<Result<StoredBundle, PolicyRefusal>> {
    const denied = allow(write.context, 'create', 'PolicyBundle');
    if (denied) return refuse(denied);
    const tested = await this.engine.test(files);
    if (!tested.ok) return tested;
    const unsigned = this.signatures.refusal(files, tested.value.hash);
    if (unsigned) return refuse(unsigned);
    await this.bundles.lockActivation(write);
    const { name, version } = tested.value;
    const present = await this.bundles.findVersion(write, name, version);
    if (present) return present.hash === tested.value.hash ? this.again(write, present) : refuse(bundleVersionExists(name, version));
    const bundle: StoredBundle = { ...newBundle(tested.value, systemClock.now()), draftedBy: write.context.actor.subject };
    await this.bundles.insert(write, bundle, files);
    await this.ledger.append(write, bundleDrafted(bundle));
    return ok(bundle);
  }

  /** A signature is no part of the content, and what was stored without one stays without: better said now than when it is to be activated. */
  private async again(write: WriteContext, present: StoredBundle): Promise<Result<StoredBundle, PolicyRefusal>> {
    const unsigned = this.signatures.refusal(await this.bundles.files(write, present.id), present.hash);
    return unsigned ? refuse(unsigned) : ok(present);
  }

  /** Makes a draft, or what is on trial, the tenant's policy from the next question on, and retires what it replaces. Takes another person than the draft did. */
  async activate(
    write: WriteContext,
    id: BundleId,
    assertion: MaybeAssertion = null,
  ): Promise<Result<StoredBundle, PolicyRefusal | HandRefusal>> {
    const denied = allow(write.context, 'activate', 'PolicyBundle');
    if (denied) return refuse(denied);
    await this.bundles.lockActivation(write);
    const draft = await this.bundles.find(write, id);
    if (!draft) return refuse(notFound('policy bundle'));
    const tested = await this.check.sound(write, draft);
    if (!tested.ok) return tested;
    const by = write.context.actor.subject;
    const now = systemClock.now();
    const refused = activationRefused(draft, tested.value.effective, by, now);
    if (refused) return refuse(refused);
    const hand = await this.hands.take(write, activationMatter(draft), ACTIVATING, assertion);
    if (!hand.ok) return hand;
    const former = await this.bundles.findActive(write);
    if (former) {
      await this.bundles.setRetired(write, former.bundle.id, now);
      await this.ledger.append(write, bundleRetired(former.bundle));
    }
    await this.bundles.setActive(write, id, by, now);
    const bundle: StoredBundle = { ...draft, state: 'active', activatedBy: by, activatedAt: now, trial: null };
    await this.ledger.append(write, byHand(bundleActivated(bundle, former?.bundle.hash ?? null), hand.value));
    return ok(bundle);
  }

  /**
   * Makes a bundle that was the tenant's policy before its policy again, from the next question on. Two people have approved it once, so it takes one, and
   * a reason.
   */
  async rollBack(
    write: WriteContext,
    id: BundleId,
    reason: string,
    assertion: MaybeAssertion = null,
  ): Promise<Result<StoredBundle, PolicyRefusal | HandRefusal>> {
    const denied = allow(write.context, 'activate', 'PolicyBundle') ?? reasonRefusal(reason);
    if (denied) return refuse(denied);
    await this.bundles.lockActivation(write);
    const bundle = await this.bundles.find(write, id);
    if (!bundle) return refuse(notFound('policy bundle'));
    if (bundle.state !== 'retired') return refuse(bundleNotRetired(bundle.state));
    const tested = await this.check.sound(write, bundle);
    if (!tested.ok) return tested;
    const hand = await this.hands.take(write, rollBackMatter(bundle, reason), ACTIVATING, assertion);
    if (!hand.ok) return hand;
    const now = systemClock.now();
    const former = await this.bundles.findActive(write);
    if (former) await this.bundles.setRetired(write, former.bundle.id, now);
    await this.bundles.setActiveAgain(write, id, now);
    await this.ledger.append(write, byHand(bundleRolledBack(bundle, former?.bundle ?? null, reason), hand.value));
    return ok({ ...bundle, state: 'active', activatedAt: now, retiredAt: null });
  }

  /** What is signed for this decision about the bundle; null: it is not the caller's to see. */
  async matterOf(read: ReadContext, id: BundleId, decision: BundleDecision): Promise<Matter | null> {
    const found = await this.find(read, id);
    return found.ok ? bundleMatter(found.value, decision) : null;
  }

  async findMany(read: ReadContext, ids: readonly BundleId[]): Promise<readonly StoredBundle[]> {
    return allow(read.context, 'read', 'PolicyBundle') ? [] : this.bundles.findMany(read, ids);
  }

  async find(read: ReadContext, id: BundleId): Promise<Result<StoredBundle, PolicyRefusal>> {
    const bundle = allow(read.context, 'read', 'PolicyBundle') ? null : await this.bundles.find(read, id);
    return bundle ? ok(bundle) : refuse(notFound('policy bundle'));
  }

  /** What changed between two stored bundles, in words. One that was stored under an older service may be faulty to this one. */
  async diff(read: ReadContext, from: BundleId, to: BundleId): Promise<Result<readonly BundleChange[], PolicyRefusal>> {
    const found = await this.findMany(read, [from, to]);
    if (![from, to].every((id) => found.some((bundle) => bundle.id === id))) return refuse(notFound('policy bundle'));
    return this.engine.diff(await this.bundles.files(read, from), await this.bundles.files(read, to));
  }

  /** Newest first; empty for an actor who may not read bundles. */
  async list(read: ReadContext, slice: Slice): Promise<readonly StoredBundle[]> {
    return allow(read.context, 'read', 'PolicyBundle') ? [] : this.bundles.list(read, slice);
  }

  /**
   * The policy of the context's tenant, ready to be asked any number of questions. The row is looked at every time, so an activation
   * counts from the next call on, in every process; files are read, hashed and parsed again only when the row changed.
   */
  async active(read: ReadContext): Promise<ActivePolicy> {
    return this.ready(read, await this.bundles.findActive(read));
  }

  /** The policy of one session: the one in canary where the session is in its share, the active one otherwise. */
  async judging(read: ReadContext, session: SessionId): Promise<Judging> {
    const { active, onTrial } = await this.bundles.findJudges(read);
    if (onTrial === null) return { policy: await this.ready(read, active), shadow: null };
    const { id, hash, trial } = onTrial.bundle;
    if (isInShare(hash, trial?.sharePermille ?? 0, session)) return { policy: await this.ready(read, onTrial), shadow: null };
    return { policy: await this.ready(read, active), shadow: { id, hash, stamp: onTrial.stamp } };
  }

  private async ready(read: ReadContext, row: StampedBundle | null): Promise<ActivePolicy> {
    if (!row) return unusable(NO_BUNDLE, null, 'system.policy_missing', 'the tenant has no active bundle');
    const { bundle, stamp } = row;
    const known = this.verified.get(bundle.id) === stamp ? this.engine.known(bundle.hash) : undefined;
    if (known) return readyPolicy(bundle, known);
    const files = await this.bundles.files(read, bundle.id);
    const actual = this.engine.hashOf(files);
    if (actual !== bundle.hash) {
      return unusable(bundle, bundle.id, 'system.policy_tampered', `the stored files have the hash ${actual}, not ${bundle.hash}`);
    }
    const unsigned = this.signatures.refusal(files, bundle.hash);
    if (unsigned) return unusable(bundle, bundle.id, 'system.policy_unsigned', unsigned.message);
    const prepared = this.engine.prepare(bundle.hash, files);
    if (!prepared.ok) return unusable(bundle, bundle.id, 'system.policy_broken', prepared.refusal.message);
    this.verified.set(bundle.id, stamp);
    return readyPolicy(bundle, prepared.value);
  }
}

function starterBroken(message: string): Fault {
  return new Fault({ room: 'policies', code: 'STARTER_BUNDLE_BROKEN', message, safe: true });
}

function starterNotSigned(message: string, folder: string): Fault {
  return new Fault({
    room: 'policies',
    code: 'STARTER_BUNDLE_NOT_SIGNED',
    message: `${message} This is the bundle that every tenant begins with: sign ${folder} with imprimatur policy sign.`,
    safe: true,
  });
}

function newBundle({ name, version, hash }: TestedBundle, now: Date): StoredBundle {
  return {
    id: newId('bundle'),
    name,
    version,
    hash,
    state: 'draft',
    draftedBy: null,
    draftedAt: now,
    activatedBy: null,
    activatedAt: null,
    retiredAt: null,
    trial: null,
  };
}

const NO_BUNDLE: BundleRef = { name: 'none', version: '0.0.0', hash: '' };

function readyPolicy({ id, draftedBy }: StoredBundle, prepared: PreparedBundle): ActivePolicy {
  const { data, lexicons } = prepared.bundle;
  return {
    status: 'ready',
    id,
    draftedBy,
    ref: prepared.ref,
    rules: [...prepared.rules.values()],
    data,
    lexicons,
    decide: (asked, exceptions) => decide(prepared, asked, exceptions),
  };
}

function unusable({ name, version, hash }: BundleRef, id: BundleId | null, why: UnusablePolicy['why'], message: string): UnusablePolicy {
  const ref = { name, version, hash };
  const finding = systemFinding(why, 'There is no sound policy to judge this by, so it is held.', message);
  return { status: 'unusable', id, ref, why, decide: (asked) => failClosed(ref, asked.question, questionAsJson(asked), finding) };
}
