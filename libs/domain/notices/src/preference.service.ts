import { allow, ContactService, type MailAddressInvalid } from '@imprimatur/domain/identity';
import { type Forbidden, notFound, type NotFound, ok, refuse, type Result, systemClock } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';
import { NOTICE_CHANNELS, type NoticePreferences } from './notice.types.js';
import { PreferenceRepository } from './preference.repository.js';

export type PreferenceRefusal = NotFound | Forbidden | MailAddressInvalid;

const NOTHING: NoticePreferences = { mailAddress: null, kinds: { mail: [] } };

/** What each wants to be told where beside the outbox. Nothing, until they say so. */
@Injectable()
export class PreferenceService {
  constructor(
    private readonly preferences: PreferenceRepository,
    private readonly contacts: ContactService,
  ) {}

  /** The actor's own. What is left out stays. */
  async set(write: WriteContext, wish: Partial<NoticePreferences>): Promise<Result<NoticePreferences, PreferenceRefusal>> {
    const denied = allow(write.context, 'edit', 'Notice');
    if (denied) return refuse(denied);
    const { subject } = write.context.actor;
    if (subject === null) return refuse(notFound('subject'));
    if (wish.mailAddress !== undefined) {
      const set = await this.contacts.setMailAddress(write, subject, wish.mailAddress);
      if (!set.ok) return set;
    }
    for (const channel of NOTICE_CHANNELS) {
      const kinds = wish.kinds?.[channel];
      if (kinds) await this.preferences.set(write, subject, channel, [...new Set(kinds)], systemClock.now());
    }
    return ok(await this.own(write));
  }

  /** The actor's own. */
  async own(read: ReadContext): Promise<NoticePreferences> {
    const { subject } = read.context.actor;
    if (subject === null || allow(read.context, 'read', 'Notice')) return NOTHING;
    return {
      mailAddress: await this.contacts.mailAddress(read, subject),
      kinds: { mail: await this.preferences.of(read, subject, 'mail') },
    };
  }
}
