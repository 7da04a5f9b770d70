import { newId, notFound, ok, refuse, type Result, type SubjectId, systemClock, type NotFound } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { IdentityRepository } from './identity.repository.js';
import type { Subject } from './identity.types.js';

/** Subjects as such: also people who never sign in, because a picture shows them. */
@Injectable()
export class SubjectService {
  constructor(private readonly identities: IdentityRepository) {}

  /** A new subject under a fresh pseudonym. The caller has authorised what it is made for, and writes the event that tells of it. */
  async create(write: WriteContext, subject: Pick<Subject, 'kind' | 'displayName'>): Promise<Subject> {
    const created: Subject = { id: newId('subject'), kind: subject.kind, ref: newId('subject'), displayName: subject.displayName };
    await this.identities.insertSubject(write, created, systemClock.now());
    return created;
  }

  async find(read: ReadContext, id: SubjectId): Promise<Result<Subject, NotFound>> {
    const subject = await this.identities.findSubject(read, id);
    return subject ? ok(subject) : refuse(notFound('subject'));
  }

  /** Those of `ids` that exist, in no order. */
  async findMany(read: ReadContext, ids: readonly SubjectId[]): Promise<readonly Subject[]> {
    return this.identities.subjects(read, ids);
  }
}
