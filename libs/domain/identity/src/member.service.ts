import { Ledger } from '@imprimatur/domain/ledger';
import { newId, notFound, ok, refuse, type Result, type Role, type SubjectId, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { allow } from './abilities.js';
import { countsAtOnce } from './grants/grant.rules.js';
import { givingRefusal, GrantService } from './grants/grant.service.js';
import { memberAdded } from './identity.events.js';
import { type IdentityRefusal, identityTaken, lastAdministrator, nameInvalid, roleNotGrantable } from './identity.refusals.js';
import { IdentityRepository, type Slice } from './identity.repository.js';
import { isName, mayGrant } from './identity.rules.js';
import type { ExternalIdentity, Member, Subject } from './identity.types.js';
import { SubjectService } from './subject.service.js';

export interface NewMember {
  readonly displayName: string;
  /** A service may also sign in through an identity provider, without an API key. */
  readonly kind: Subject['kind'];
  readonly identity: ExternalIdentity;
  readonly roles: readonly Role[];
}

/** Who belongs to a tenant, and as what. */
@Injectable()
export class MemberService {
  constructor(
    private readonly identities: IdentityRepository,
    private readonly subjects: SubjectService,
    private readonly grants: GrantService,
    private readonly ledger: Ledger,
  ) {}

  /** A privileged role among `roles` only counts once another administrator has confirmed it, where there is another. */
  async add(write: WriteContext, member: NewMember): Promise<Result<Member, IdentityRefusal>> {
    const denied = allow(write.context, 'administer', 'Member');
    if (denied) return refuse(denied);
    if (!isName(member.displayName) || !isName(member.identity.issuer) || !isName(member.identity.sub)) return refuse(nameInvalid());
    const tooMuch = member.roles.find((role) => !mayGrant(write.context.actor, role));
    if (tooMuch !== undefined) return refuse(roleNotGrantable(tooMuch));
    const refused = givingRefusal(write.context, member.roles);
    if (refused) return refuse(refused);
    const everybody = await this.identities.lockMembers(write);
    const now = systemClock.now();
    const wished = [...new Set(member.roles)];
    const roles = wished.filter((role) => countsAtOnce(role, write.context.actor, everybody));
    const subject = await this.subjects.create(write, member);
    const taken = !(await this.identities.insertIdentity(write, newId('subject'), subject.id, member.identity, now));
    if (taken) return refuse(identityTaken());
    await this.ledger.append(write, memberAdded(subject, member.identity.issuer));
    for (const role of roles) await this.grants.grantAlone(write, subject, role);
    await this.identities.insertMember(write, subject.id, roles, now);
    for (const role of wished) if (!roles.includes(role)) await this.grants.propose(write, subject, role);
    return ok({ subject, roles, createdAt: now });
  }

  /** At once or as a proposal, see `countsAtOnce`. Granting what is granted already, or waits, changes nothing and writes nothing. */
  async grantRole(write: WriteContext, id: SubjectId, role: Role): Promise<Result<Member, IdentityRefusal>> {
    return this.changeRoles(write, id, role, async (subject, roles, everybody) => {
      if (roles.includes(role)) return ok(roles);
      const refused = givingRefusal(write.context, [role]);
      if (refused) return refuse(refused);
      if (!countsAtOnce(role, write.context.actor, everybody)) {
        await this.grants.propose(write, subject, role);
        return ok(roles);
      }
      await this.grants.grantAlone(write, subject, role);
      return ok([...roles, role]);
    });
  }

  /** Takes the role away at once, or declines what was proposed. */
  async revokeRole(write: WriteContext, id: SubjectId, role: Role): Promise<Result<Member, IdentityRefusal>> {
    return this.changeRoles(write, id, role, async (subject, roles, everybody) => {
      const isHeld = roles.includes(role);
      const administrators = everybody.filter((member) => member.roles.includes('tenant-admin'));
      if (isHeld && role === 'tenant-admin' && administrators.length === 1) return refuse(lastAdministrator());
      await this.grants.end(write, subject, role, isHeld);
      return ok(roles.filter((held) => held !== role));
    });
  }

  async find(read: ReadContext, id: SubjectId): Promise<Result<Member, IdentityRefusal>> {
    const member = allow(read.context, 'read', 'Member') ? null : await this.identities.findMember(read, id);
    return member ? ok(member) : refuse(notFound('member'));
  }

  /** Those of `ids` that are members, in no order; none for an actor who may not read members. */
  async findMany(read: ReadContext, ids: readonly SubjectId[]): Promise<readonly Member[]> {
    return allow(read.context, 'read', 'Member') ? [] : this.identities.membersOf(read, ids);
  }

  /** Roles of those of `ids` that are members, for flows that authorised already. */
  async rolesOf(read: ReadContext, ids: readonly SubjectId[]): Promise<ReadonlyMap<SubjectId, readonly Role[]>> {
    return new Map((await this.identities.membersOf(read, ids)).map(({ subject, roles }) => [subject.id, roles]));
  }

  /** Who administers the tenant, for flows that authorised already. */
  async administrators(read: ReadContext): Promise<readonly SubjectId[]> {
    return this.identities.administrators(read);
  }

  /** Members who have one of these roles, oldest first, for flows that authorised already. */
  async holdersOf(read: ReadContext, roles: readonly Role[], first: number): Promise<readonly Member[]> {
    return this.identities.holders(read, roles, first);
  }

  /** Names of those of `ids` that are members and have one, for flows that authorised already. */
  async namesOf(read: ReadContext, ids: readonly SubjectId[]): Promise<readonly string[]> {
    return (await this.identities.membersOf(read, ids)).flatMap(({ subject }) => subject.displayName ?? []);
  }

  /** Oldest first. */
  async list(read: ReadContext, slice: Slice): Promise<Result<readonly Member[], IdentityRefusal>> {
    const denied = allow(read.context, 'read', 'Member');
    return denied ? refuse(denied) : ok(await this.identities.members(read, slice));
  }

  private async changeRoles(
    write: WriteContext,
    id: SubjectId,
    role: Role,
    decide: (
      subject: Subject,
      roles: readonly Role[],
      everybody: readonly { readonly roles: readonly Role[] }[],
    ) => Promise<Result<readonly Role[], IdentityRefusal>>,
  ): Promise<Result<Member, IdentityRefusal>> {
    const denied = allow(write.context, 'administer', 'Member');
    if (denied) return refuse(denied);
    if (!mayGrant(write.context.actor, role)) return refuse(roleNotGrantable(role));
    const everybody = await this.identities.lockMembers(write);
    const member = await this.identities.findMember(write, id);
    if (!member) return refuse(notFound('member'));
    const decided = await decide(member.subject, member.roles, everybody);
    if (!decided.ok) return decided;
    await this.identities.updateRoles(write, id, decided.value);
    return ok({ ...member, roles: decided.value });
  }
}
