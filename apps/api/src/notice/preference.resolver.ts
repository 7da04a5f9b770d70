import { type NoticeChannel, type NoticeKind, type NoticePreferences, PreferenceService } from '@imprimatur/domain/notices';
import { type Context, ok } from '@imprimatur/kernel';
import { UnitOfWork } from '@imprimatur/platform/database';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Caller, MutationRunner, payloadOf } from '../door/index.js';
import { fromKindName, toKindName } from './notice.mapper.js';

interface SetNotificationPreferencesInput {
  readonly idempotencyKey: string;
  readonly mailAddress?: string | null;
  readonly preferences?: readonly { readonly channel: string; readonly kinds: readonly string[] }[] | null;
}

@Resolver()
export class PreferenceResolver {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly mutations: MutationRunner,
    private readonly preferences: PreferenceService,
  ) {}

  @Query('notificationPreferences')
  async own(@Caller() context: Context): Promise<object> {
    return toPreferences(await this.unitOfWork.read(context, (read) => this.preferences.own(read)));
  }

  @Mutation('setNotificationPreferences')
  async set(@Caller() context: Context, @Args('input') input: SetNotificationPreferencesInput): Promise<object> {
    const result = await this.mutations.run(context, 'setNotificationPreferences', input, async (write) => {
      const set = await this.preferences.set(write, {
        ...(input.mailAddress === undefined ? {} : { mailAddress: input.mailAddress }),
        ...(input.preferences ? { kinds: kindsOf(input.preferences) } : {}),
      });
      return set.ok ? ok(null) : set;
    });
    return payloadOf(result, 'SetNotificationPreferencesSuccess', async () => ({ notificationPreferences: await this.own(context) }));
  }
}

/** A channel that is named twice has the kinds of both; one that is not named has none. */
function kindsOf(wishes: NonNullable<SetNotificationPreferencesInput['preferences']>): Record<NoticeChannel, NoticeKind[]> {
  const named = (channel: NoticeChannel) => wishes.filter((wish) => wish.channel === channel.toUpperCase()).flatMap(({ kinds }) => kinds);
  return { mail: named('mail').map(fromKindName) };
}

function toPreferences({ mailAddress, kinds }: NoticePreferences): object {
  return {
    mailAddress,
    preferences: Object.entries(kinds).map(([channel, wanted]) => ({ channel: channel.toUpperCase(), kinds: wanted.map(toKindName) })),
  };
}
