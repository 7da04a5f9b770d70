import { allow } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { type ItemId, newId, notFound, ok, refuse, type Result, systemClock, type TermsId } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { PROVIDER_CATALOGUE } from '../provider.registry.js';
import type { ProviderTraits } from '../provider.types.js';
import { termsApproved, termsEnded, termsRegistered } from './terms.events.js';
import { termsNotOpen, type TermsRefusal } from './terms.refusals.js';
import { TermsRepository } from './terms.repository.js';
import { approvalRefusal, licenceOf, reasonRefusal, standingOf, stateOf, termsRefusal } from './terms.rules.js';
import type { NewTerms, PictureLicence, TermsPage, TermsStanding, VendorTerms } from './terms.types.js';

/** The register of what was agreed with the vendors that pictures leave for, and of what they leave one free to do with their output. */
@Injectable()
export class VendorTermsService {
  constructor(
    private readonly terms: TermsRepository,
    private readonly ledger: Ledger,
    @Inject(PROVIDER_CATALOGUE) private readonly catalogue: readonly ProviderTraits[],
  ) {}

  /** Counts for nothing until somebody else approves it. */
  async register(write: WriteContext, wish: NewTerms): Promise<Result<VendorTerms, TermsRefusal>> {
    const denied = allow(write.context, 'register', 'VendorTerms');
    if (denied) return refuse(denied);
    const now = systemClock.now();
    const local = this.catalogue.filter(({ isRemote }) => !isRemote).map(({ name }) => name);
    const refused = termsRefusal(wish, local, now);
    if (refused) return refuse(refused);
    const id = newId('terms');
    const { id: entry } = await this.ledger.append(write, termsRegistered(id, wish));
    const terms: VendorTerms = {
      ...wish,
      ...{ id, entry, registeredBy: write.context.actor.subject, registeredAt: now, approved: null, ended: null },
    };
    await this.terms.insert(write, terms);
    return ok(terms);
  }

  async approve(write: WriteContext, id: TermsId): Promise<Result<VendorTerms, TermsRefusal>> {
    const denied = allow(write.context, 'activate', 'VendorTerms');
    if (denied) return refuse(denied);
    const found = await this.terms.lock(write, id);
    if (!found) return refuse(notFound('terms'));
    const [by, at] = [write.context.actor.subject, systemClock.now()];
    const refused = approvalRefusal(found, by, at);
    if (refused) return refuse(refused);
    await this.terms.approve(write, id, { by, at });
    await this.ledger.append(write, termsApproved(found));
    return ok({ ...found, approved: { by, at } });
  }

  /** Ends what counts, or declines what was proposed. One person may: less leaves the house afterwards. */
  async end(write: WriteContext, id: TermsId, reason: string): Promise<Result<VendorTerms, TermsRefusal>> {
    const denied = allow(write.context, 'withdraw', 'VendorTerms') ?? reasonRefusal(reason);
    if (denied) return refuse(denied);
    const found = await this.terms.lock(write, id);
    if (!found) return refuse(notFound('terms'));
    const [by, at] = [write.context.actor.subject, systemClock.now()];
    const state = stateOf(found, at);
    if (state === 'ended' || state === 'expired') return refuse(termsNotOpen(state, 'there is nothing left to end'));
    const { id: entry } = await this.ledger.append(write, termsEnded(found, reason));
    const ended = { by, at, entry };
    await this.terms.end(write, id, ended);
    return ok({ ...found, ended });
  }

  /** What stands between the tenant and a call of `model`; null: the provider's usual one. For the gates; a stranger counts as remote. */
  async standing(read: ReadContext, provider: string, model: string | null): Promise<TermsStanding> {
    const traits = this.catalogue.find(({ name }) => name === provider);
    if (traits && !traits.isRemote) return { standing: 'not-needed', terms: null };
    return standingOf(await this.terms.inForce(read, provider, systemClock.now()), model ?? traits?.defaultModel ?? '');
  }

  /** The same of a call that was made, under the terms of that time, by the model that answered. */
  async standingThen(read: ReadContext, terms: TermsId | null, model: string): Promise<TermsStanding> {
    if (terms === null) return { standing: 'not-needed', terms: null };
    const [found] = await this.terms.findMany(read, [terms]);
    return standingOf(found ?? null, model);
  }

  /** Of what was made by `items`, and, where given, under `also`. For the gates and for whoever may read the pictures. */
  async licence(read: ReadContext, items: readonly ItemId[], also: VendorTerms | null = null): Promise<PictureLicence> {
    return licenceOf([...(await this.terms.ofItems(read, items)), ...(also ? [also] : [])]);
  }

  async findMany(read: ReadContext, ids: readonly TermsId[]): Promise<readonly VendorTerms[]> {
    return allow(read.context, 'read', 'VendorTerms') ? [] : this.terms.findMany(read, ids);
  }

  /** Newest first; the key of a page is the terms' id. */
  async list(read: ReadContext, page: TermsPage): Promise<readonly VendorTerms[]> {
    return allow(read.context, 'read', 'VendorTerms') ? [] : this.terms.page(read, page, systemClock.now());
  }
}
