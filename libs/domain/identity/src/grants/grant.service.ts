import { Ledger, sha256 } from '@imprimatur/domain/ledger';
import type { Matter } from '@imprimatur/formats/ledger';
import {
  canonicalBytes,
  type Context,
  type GrantId,
  newId,
  notFound,
  ok,
  refuse,
  type Result,
  type Role,
  type SubjectId,
  systemClock,
  toHex,
} from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { allow } from '../abilities.js';
import { roleDeclined, roleGranted, roleProposed, roleRevoked } from '../identity.events.js';
import { type IdentityRefusal, roleNotGrantable } from '../identity.refusals.js';
import { IdentityRepository } from '../identity.repository.js';
import { mayGrant } from '../identity.rules.js';
import type { Member, Subject } from '../identity.types.js';
import { byHand, type Duty, type MaybeAssertion } from '../signatures/hand.js';
import { HandService, PEOPLE_CONFIG, type PeopleConfig, personOf } from '../signatures/hand.service.js';
import { GrantRepository } from './grant.repository.js';
import { confirmationRefusal, isPrivileged, usableFrom } from './grant.rules.js';
import type { RoleGrant } from './grant.types.js';

type Grantee = Pick<Subject, 'id' | 'ref'>;
const CONFIRMING: Duty = { action: 'administer', on: 'Member', rests: false, signature: 'when-enrolled' };

/** Who gave whom which role, and when it counts. Whether the giver may is asked by the members' service, which also holds the members' locks. */
@Injectable()
export class GrantService {
  constructor(
    private readonly grants: GrantRepository,
    private readonly identities: IdentityRepository,
    private readonly hands: HandService,
    private readonly ledger: Ledger,
    @Inject(PEOPLE_CONFIG) private readonly config: PeopleConfig,
  ) {}

  /** By one hand, which is on record. Comes before the member has the role: the database wants to see the grant. */
  async grantAlone(write: WriteContext, member: Grantee, role: Role): Promise<void> {
    const waited = await this.grants.end(write, member.id, role, systemClock.now());
    if (waited) await this.ledger.append(write, roleDeclined(member, waited));
    const { actor } = write.context;
    const id = newId('grant');
    const now = systemClock.now();
    const event = roleGranted(member, { id, role, isAlone: true, proposedBy: actor.ref });
    const { id: entry } = await this.ledger.append(write, event);
    await this.grants.insert(write, {
      ...{ id, member: member.id, role, proposedBy: actor.subject, proposedAt: now, isAlone: true, entry, endedAt: null },
      confirmed: { by: null, at: now, usableFrom: usableFrom(role, actor, now, this.config.grantCoolingMinutes) },
    });
  }

  /** Counts for nothing until another administrator confirms it. One that waits already stays as it is. */
  async propose(write: WriteContext, member: Grantee, role: Role): Promise<void> {
    if (await this.grants.open(write, member.id, role)) return;
    const { actor } = write.context;
    const id = newId('grant');
    const { id: entry } = await this.ledger.append(write, roleProposed(member, id, role));
    await this.grants.insert(write, {
      ...{ id, member: member.id, role, proposedBy: actor.subject, proposedAt: systemClock.now(), isAlone: false, entry, endedAt: null },
      confirmed: null,
    });
  }

  /** The second hand: a person, who neither proposed it nor gets it. */
  async confirm(write: WriteContext, id: GrantId, assertion: MaybeAssertion): Promise<Result<Member, IdentityRefusal>> {
    const denied = allow(write.context, 'administer', 'Member');
    if (denied) return refuse(denied);
    const person = personOf(write.context);
    if (!person.ok) return person;
    await this.identities.lockMembers(write);
    const grant = await this.grants.lock(write, id);
    const member = grant && (await this.identities.findMember(write, grant.member));
    if (!member) return refuse(notFound('grant'));
    if (!mayGrant(write.context.actor, grant.role)) return refuse(roleNotGrantable(grant.role));
    const refused = confirmationRefusal(grant, person.value);
    if (refused) return refuse(refused);
    const hand = await this.hands.take(write, confirmationMatter(grant), CONFIRMING, assertion);
    if (!hand.ok) return hand;
    const now = systemClock.now();
    const proposer = grant.proposedBy && (await this.identities.findSubject(write, grant.proposedBy));
    const event = roleGranted(member.subject, { ...grant, proposedBy: proposer?.ref ?? 'system' });
    const { id: entry } = await this.ledger.append(write, byHand(event, hand.value));
    const usable = usableFrom(grant.role, write.context.actor, now, this.config.grantCoolingMinutes);
    await this.grants.confirm(write, { ...grant, entry, confirmed: { by: person.value, at: now, usableFrom: usable } });
    const roles = [...new Set([...member.roles, grant.role])];
    await this.identities.updateRoles(write, grant.member, roles);
    return ok({ ...member, roles });
  }

  /** Takes the role away, or what was proposed; nothing where there is neither. Power goes fast: one hand is enough. */
  async end(write: WriteContext, member: Grantee, role: Role, isHeld: boolean): Promise<void> {
    const ended = await this.grants.end(write, member.id, role, systemClock.now());
    if (isHeld) await this.ledger.append(write, roleRevoked(member, role));
    else if (ended) await this.ledger.append(write, roleDeclined(member, ended));
  }

  async find(read: ReadContext, id: GrantId): Promise<RoleGrant | null> {
    return allow(read.context, 'read', 'Member') ? null : this.grants.find(read, id);
  }

  /** Of each of `members`, newest first; none for an actor who may not read members. */
  async ofMembers(read: ReadContext, members: readonly SubjectId[]): Promise<readonly RoleGrant[]> {
    return allow(read.context, 'read', 'Member') ? [] : this.grants.ofMembers(read, members);
  }
}

/**
 * Why the actor may not give these roles, or propose them, or null. A privileged one is given by people: an administrator makes the keys of services, and
 * would be both hands. The database says so too.
 */
export function givingRefusal(context: Context, roles: readonly Role[]): IdentityRefusal | null {
  if (context.actor.kind === 'system' || !roles.some(isPrivileged)) return null;
  const person = personOf(context);
  return person.ok ? null : person.refusal;
}

export function confirmationMatter({ id, member, role, proposedBy }: RoleGrant): Matter {
  const content = toHex(sha256(canonicalBytes({ member, role, proposedBy })));
  return { kind: 'grant.confirm', object: id, content, bundle: null, outcome: 'grant', code: null, reason: null };
}
