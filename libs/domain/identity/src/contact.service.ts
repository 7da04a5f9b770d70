import { Sealing } from '@imprimatur/domain/ledger';
import { ok, refuse, type Result, type SubjectId, systemClock, utf8 } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { open, seal } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';
import { ContactRepository } from './contact.repository.js';
import { type MailAddressInvalid, mailAddressInvalid } from './identity.refusals.js';
import { isMailAddress } from './identity.rules.js';

/** Where people are reached. Sealed under the person's own key: erasing the person makes it unreadable, here and in every backup. */
@Injectable()
export class ContactService {
  constructor(
    private readonly contacts: ContactRepository,
    private readonly sealing: Sealing,
  ) {}

  /** Null takes it away. Whose it is the caller knows: it is always the actor's own. */
  async setMailAddress(write: WriteContext, subject: SubjectId, address: string | null): Promise<Result<null, MailAddressInvalid>> {
    if (address === null) {
      await this.contacts.remove(write, subject);
      return ok(null);
    }
    if (!isMailAddress(address)) return refuse(mailAddressInvalid());
    const { key, wrapped } = await this.sealing.newDataKey(write, [subject]);
    const sealed = seal(key, utf8(address), associatedData(write, subject));
    await this.contacts.set(write, subject, { wrappedKey: wrapped, sealed }, systemClock.now());
    return ok(null);
  }

  /** Null: none was given, or the person was erased. */
  async mailAddress(read: ReadContext, subject: SubjectId): Promise<string | null> {
    const stored = await this.contacts.find(read, subject);
    const key = stored && (await this.sealing.openDataKey(read, stored.wrappedKey));
    return stored && key ? new TextDecoder().decode(open(key, stored.sealed, associatedData(read, subject))) : null;
  }
}

function associatedData({ context }: ReadContext, subject: SubjectId): Uint8Array {
  return utf8(`imprimatur/mail-address/v1\0${context.tenant}\0${subject}`);
}
