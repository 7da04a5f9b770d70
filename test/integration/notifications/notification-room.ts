import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContactService, IdentityModule, MemberService, PersonCopies } from '@imprimatur/domain/identity';
import { Ledger } from '@imprimatur/domain/ledger';
import { NoticeMail, NoticeModule, NoticeService, PreferenceService } from '@imprimatur/domain/notices';
import { DeliveryService, WebhookModule, WebhookService } from '@imprimatur/domain/webhooks';
import { MailFlow, WebhookFlow } from '@imprimatur/flows/notifications';
import { type Context, type DeliveryId, newId, type NoticeId, type Role, type SubjectId } from '@imprimatur/kernel';
import { UnitOfWork, type ReadContext, type WriteContext } from '@imprimatur/platform/database';
import { mailerOf } from '@imprimatur/platform/mail';
import { Global, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../support/database';

export interface Person extends Context {
  readonly subject: SubjectId;
}

/** The rooms as they are wired, on a database of their own; what a worker's job runner would do, is done by hand. */
export interface NotificationRoom {
  readonly database: TestDatabase;
  readonly webhooks: WebhookService;
  readonly deliveries: DeliveryService;
  readonly notices: NoticeService;
  readonly preferences: PreferenceService;
  readonly persons: PersonCopies;
  readonly contacts: ContactService;
  newTenant(): Promise<Context['tenant']>;
  person(tenant: Context['tenant'], role: Role): Promise<Person>;
  write<T>(who: Context, work: (write: WriteContext) => Promise<T>): Promise<T>;
  read<T>(who: Context, work: (read: ReadContext) => Promise<T>): Promise<T>;
  /** Any event that a webhook can be told of. */
  tell(who: Context, type?: string): Promise<void>;
  deliver(who: Context, id: DeliveryId): Promise<void>;
  mail(who: Context, id: NoticeId): Promise<void>;
  close(): Promise<void>;
}

export async function openNotificationRoom(smtpUrl: string): Promise<NotificationRoom> {
  const database = await createTestDatabase();
  const home = mkdtempSync(join(tmpdir(), 'imprimatur-notifications-'));
  process.env.IMPRIMATUR_HOME = home;

  @Global()
  @Module({
    providers: [
      { provide: DataSource, useValue: database.dataSource },
      { provide: UnitOfWork, useValue: database.unitOfWork },
    ],
    exports: [DataSource, UnitOfWork],
  })
  class GivenDatabase {}
  @Module({ imports: [GivenDatabase, IdentityModule, NoticeModule, WebhookModule] })
  class Room {}
  const app = await NestFactory.createApplicationContext(Room, { logger: false });
  const get = <T>(token: abstract new (...args: never[]) => T): T => app.get<T>(token, { strict: false });
  const mailer = mailerOf({ mail: { smtpUrl, from: 'no-reply@imprimatur.test' } });
  const flow = new WebhookFlow(database.unitOfWork, get(DeliveryService), get(NoticeService), get(MemberService));
  const mails = new MailFlow(database.unitOfWork, get(NoticeMail), mailer, 'https://imprimatur.test');
  const run = { signal: new AbortController().signal, complete: async () => undefined };
  return {
    database,
    webhooks: get(WebhookService),
    deliveries: get(DeliveryService),
    notices: get(NoticeService),
    preferences: get(PreferenceService),
    persons: get(PersonCopies),
    contacts: get(ContactService),
    newTenant: async () => {
      const tenant = newId('tenant');
      await database.asAdmin(`insert into tenant (id, name, created_at) values ($1, 'test', now())`, [tenant]);
      return tenant;
    },
    person: async (tenant, role) => {
      const [subject, ref] = [newId('subject'), newId('subject')];
      await database.asAdmin(`insert into subject (tenant, id, kind, ref, created_at) values ($1, $2, 'person', $3, now())`, [
        tenant,
        subject,
        ref,
      ]);
      await database.asAdmin(`insert into member (tenant, id, roles, created_at) values ($1, $2, $3, now())`, [tenant, subject, [role]]);
      return { tenant, actor: { kind: 'person', subject, ref, roles: [role] }, requestId: 'test', subject };
    },
    write: (who, work) => database.unitOfWork.write(who, work),
    read: (who, work) => database.unitOfWork.read(who, work),
    tell: async (who, type = 'item.held') => {
      const event = { type, about: [{ kind: 'item' as const, id: newId('item') }], facts: {} };
      await database.unitOfWork.write(who, (write) => get(Ledger).append(write, event));
    },
    deliver: (who, id) => flow.carryOut(who, id, run),
    mail: (who, id) => mails.carryOut(who, id, run),
    close: async () => {
      mailer?.close();
      await app.close();
      await database.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
